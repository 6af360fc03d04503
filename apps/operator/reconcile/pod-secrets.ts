import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { SpecContext } from '../specs/context.ts';
import { adminPassword } from './admin-password.ts';
import { certificateProblem } from './certificates.ts';
import { ingestToken } from './ingest-token.ts';
import { isMissing, referencedValue, type Missing } from './secret-values.ts';

/** Secret values that pods are given beside those of their backends. */
export type PodSecrets = Pick<
  SpecContext,
  'adminPassword' | 'ingestToken' | 'oidcClientSecret' | 'oidcCa' | 'trustedCa'
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
  const given = await givenSecrets(api, pipeline);
  if (isMissing(given)) return given;
  return {
    adminPassword: await adminPassword(api, pipeline),
    ingestToken: await ingestToken(api, pipeline),
    ...given,
  };
}

/** What people must have made where the resource names it. */
async function givenSecrets(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
): Promise<Pick<PodSecrets, 'oidcClientSecret' | 'oidcCa' | 'trustedCa'> | Missing> {
  const { oidc } = spec.gateway;
  const valueOf = async (reference: Reference | undefined, field: string) => {
    if (reference === undefined) return null;
    const found = await referencedValue(api, namespace, reference, field);
    return isMissing(found) ? found : found.value;
  };
  const oidcClientSecret = await valueOf(
    oidc?.clientSecretRef,
    'spec.gateway.oidc.clientSecretRef',
  );
  if (isMissing(oidcClientSecret)) return oidcClientSecret;
  const oidcCa = await valueOf(oidc?.caSecretRef, 'spec.gateway.oidc.caSecretRef');
  if (isMissing(oidcCa)) return oidcCa;
  const trustedCa = await valueOf(spec.trustedCaSecretRef, 'spec.trustedCaSecretRef');
  return isMissing(trustedCa) ? trustedCa : { oidcClientSecret, oidcCa, trustedCa };
}

interface Reference {
  readonly name: string;
  readonly key: string;
}
