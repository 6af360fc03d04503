import { ApiError } from '../runtime/api-error.ts';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { objectPath, SECRETS, type Kind } from '../runtime/kinds.ts';

/** Null when there is none, or not even its API. */
export async function readObject(
  api: KubeApi,
  kind: Kind,
  namespace: string,
  name: string,
): Promise<KubeObject | null> {
  try {
    const path = objectPath(kind, namespace, name);
    return (await api.request({ method: 'GET', path })) as KubeObject;
  } catch (error) {
    if (error instanceof ApiError && error.isMissing) return null;
    throw error;
  }
}

export interface Secret {
  readonly object: KubeObject;
  /** Decoded. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Secrets are read by name when they are needed, not watched: so the operator needs no right to list them. A change is
 * seen at the next regular look.
 */
export async function readSecret(
  api: KubeApi,
  namespace: string,
  name: string,
): Promise<Secret | null> {
  const object = await readObject(api, SECRETS, namespace, name);
  if (object === null) return null;
  const data = (object['data'] ?? {}) as Readonly<Record<string, string>>;
  const values = Object.entries(data).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const,
  );
  return { object, values: Object.fromEntries(values) };
}
