import { generate } from 'selfsigned';
import type { KubernetesObject } from './kubernetes-object.ts';

/** A Secret with a certificate for a name and its key, as cert-manager makes them. */
export async function certificateSecret(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  host = 'logs.example.com',
): Promise<KubernetesObject> {
  const made = await generate([{ name: 'commonName', value: host }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
  });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': made.cert, 'tls.key': made.private },
  };
}
