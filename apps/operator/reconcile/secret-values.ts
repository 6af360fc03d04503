import type { KubeApi } from '../runtime/kube-api.ts';
import type { SecretValue } from '../specs/context.ts';
import { fingerprint } from '../specs/fingerprint.ts';
import { readSecret, type Secret } from './read-objects.ts';

/** What is missing, as a reason and a sentence. */
export interface Missing {
  readonly reason:
    | 'MissingSecret'
    | 'MissingKey'
    | 'MissingCluster'
    | 'InvalidUri'
    | 'InvalidCertificate'
    | 'SecretLost'
    | 'NameInUse';
  readonly message: string;
}

/** A value of a Secret: as pods refer to it, and what it says. */
export interface FoundValue {
  readonly value: SecretValue;
  readonly text: string;
}

export function isMissing(value: object | null): value is Missing {
  return value !== null && 'reason' in value;
}

/** @param field of the resource that names the Secret, for people */
export async function referencedValue(
  api: KubeApi,
  namespace: string,
  { name, key }: { readonly name: string; readonly key: string },
  field: string,
): Promise<FoundValue | Missing> {
  const secret = await readSecret(api, namespace, name);
  return secret === null ? missingSecret(field, name) : valueIn(secret, key);
}

export function missingSecret(field: string, name: string): Missing {
  return {
    reason: 'MissingSecret',
    message: `${field} names the Secret ${name}, which does not exist`,
  };
}

export function valueIn({ object, values }: Secret, key: string): FoundValue | Missing {
  const { name, uid } = object.metadata;
  const text = values[key]?.trim() ?? '';
  if (text === '') return { reason: 'MissingKey', message: `Secret ${name} has no key ${key}` };
  return { value: { secret: name, key, version: fingerprint([uid, values[key]]) }, text };
}
