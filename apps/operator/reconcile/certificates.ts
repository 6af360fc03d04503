import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import { readSecret } from './read-objects.ts';
import {
  isMissing,
  missingSecret,
  referencedValue,
  valueIn,
  type Missing,
} from './secret-values.ts';

/**
 * What is wrong with the Secrets for HTTPS of ingest or gateway; null when nothing is. Pods would not start without
 * them. What is in them is of no other concern: pods read it again when it changes.
 */
export async function certificateProblem(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
  component: 'ingest' | 'gateway',
): Promise<Missing | null> {
  const { tls } = spec[component];
  if (tls === undefined) return null;
  const field = `spec.${component}.tls`;
  const secret = await readSecret(api, namespace, tls.secretRef.name);
  if (secret === null) return missingSecret(`${field}.secretRef`, tls.secretRef.name);
  const [certificate, key] = [valueIn(secret, 'tls.crt'), valueIn(secret, 'tls.key')];
  if (isMissing(certificate)) return certificate;
  if (isMissing(key)) return key;
  const wrong = pairProblem(certificate.text, key.text);
  if (wrong !== null)
    return { reason: 'InvalidCertificate', message: `Secret ${tls.secretRef.name}: ${wrong}` };
  const { clientCaSecretRef: ca } = tls;
  if (ca === undefined) return null;
  const found = await referencedValue(api, namespace, ca, `${field}.clientCaSecretRef`);
  return isMissing(found) ? found : null;
}

/** Null when the key is that of the certificate. Says nothing of what the key is. */
function pairProblem(certificate: string, key: string): string | null {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return 'tls.crt is not a certificate in PEM';
  }
  try {
    return parsed.checkPrivateKey(createPrivateKey(key))
      ? null
      : 'tls.key is not the key of the certificate in tls.crt';
  } catch {
    return 'tls.key is not a private key in PEM without a passphrase';
  }
}
