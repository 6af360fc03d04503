import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { SecretValue } from '../specs/context.ts';
import { ensureIngestTokenSecret } from './bundled-secrets.ts';
import { isMissing, valueIn } from './secret-values.ts';

const KEY = 'token';

/**
 * Where ingest finds the first token of senders: in the Secret `<pipeline>-ingest-token`, made when there is none. Null
 * where nobody is asked for a token, or somebody made that Secret without one.
 */
export async function ingestToken(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<SecretValue | null> {
  if (pipeline.spec.ingest.auth === 'Off') return null;
  const found = valueIn(await ensureIngestTokenSecret(api, pipeline), KEY);
  return isMissing(found) ? null : found.value;
}
