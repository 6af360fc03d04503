import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { SecretValue } from '../specs/context.ts';
import { ensureAdminSecret } from './bundled-secrets.ts';
import { isMissing, valueIn } from './secret-values.ts';

const KEY = 'password';

/**
 * Where the gateways find the password of the first user: in the Secret `<pipeline>-admin`, made when there is none. Null
 * where access control is off, or somebody made that Secret without a password.
 */
export async function adminPassword(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<SecretValue | null> {
  if (pipeline.spec.gateway.auth === 'Off') return null;
  const found = valueIn(await ensureAdminSecret(api, pipeline), KEY);
  // It counts at the first start alone, so that another one is no reason to roll pods.
  return isMissing(found) ? null : { ...found.value, version: '' };
}
