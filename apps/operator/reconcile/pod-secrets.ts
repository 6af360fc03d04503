import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { SecretValue, SpecContext } from '../specs/context.ts';
import { adminPassword } from './admin-password.ts';
import { certificateProblem } from './certificates.ts';
import { ingestToken } from './ingest-token.ts';
import { isMissing, referencedValue, type Missing } from './secret-values.ts';

/** Secret values that pods are given beside those of their backends. */
export type PodSecrets = Pick<
  SpecContext,
  'adminPassword' | 'ingestToken' | 'oidcClientSecret' | 'oidcCa'
>;

/** Reads what people made, makes what the operator makes, or says what is missing. */
export async function podSecrets(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<PodSecrets | Missing> {
  for (const component of ['ingest', 'gateway'] as const) {
    const problem = await certificateProblem(api, pipeline, component);
    if (problem !== null) return problem;
  }
  const oidc = await oidcSecrets(api, pipeline);
  if (isMissing(oidc)) return oidc;
  return {
    adminPassword: await adminPassword(api, pipeline),
    ingestToken: await ingestToken(api, pipeline),
    ...oidc,
  };
}

async function oidcSecrets(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<Pick<PodSecrets, 'oidcClientSecret' | 'oidcCa'> | Missing> {
  const oidcClientSecret = await oidcValue(api, pipeline, 'clientSecretRef');
  if (isMissing(oidcClientSecret)) return oidcClientSecret;
  const oidcCa = await oidcValue(api, pipeline, 'caSecretRef');
  return isMissing(oidcCa) ? oidcCa : { oidcClientSecret, oidcCa };
}

async function oidcValue(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
  member: 'clientSecretRef' | 'caSecretRef',
): Promise<SecretValue | Missing | null> {
  const reference = spec.gateway.oidc?.[member];
  if (reference === undefined) return null;
  const found = await referencedValue(api, namespace, reference, `spec.gateway.oidc.${member}`);
  return isMissing(found) ? found : found.value;
}
