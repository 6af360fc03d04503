import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { SpecContext } from '../specs/context.ts';
import { adminPassword } from './admin-password.ts';
import { certificateProblem } from './certificates.ts';
import { ingestToken } from './ingest-token.ts';
import { isMissing, referencedValue, type FoundValue, type Missing } from './secret-values.ts';

/** Secret values that pods are given beside those of their backends. */
export type PodSecrets = Pick<SpecContext, 'adminPassword' | 'ingestToken' | 'oidcClientSecret'>;

/** Reads what people made, makes what the operator makes, or says what is missing. */
export async function podSecrets(
  api: KubeApi,
  pipeline: LogPipeline,
): Promise<PodSecrets | Missing> {
  for (const component of ['ingest', 'gateway'] as const) {
    const problem = await certificateProblem(api, pipeline, component);
    if (problem !== null) return problem;
  }
  const oidc = await oidcClientSecret(api, pipeline);
  if (oidc !== null && isMissing(oidc)) return oidc;
  return {
    adminPassword: await adminPassword(api, pipeline),
    ingestToken: await ingestToken(api, pipeline),
    oidcClientSecret: oidc?.value ?? null,
  };
}

async function oidcClientSecret(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
): Promise<FoundValue | Missing | null> {
  const reference = spec.gateway.oidc?.clientSecretRef;
  if (reference === undefined) return null;
  const field = 'spec.gateway.oidc.clientSecretRef';
  return await referencedValue(api, namespace, reference, field);
}
