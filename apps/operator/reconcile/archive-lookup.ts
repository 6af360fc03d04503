import type { LogPipeline } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import type { ArchiveKey } from '../specs/context.ts';
import { reachOfUrl, type Reach } from './backend-lookup.ts';
import { readSecret } from './read-objects.ts';
import { isMissing, missingSecret, valueIn, type Missing } from './secret-values.ts';

/** Where columnar files lie, with the key that pods need for it. */
export interface ArchiveLookup {
  /** Null: the pods find one. */
  readonly key: ArchiveKey | null;
  readonly reach: Reach;
}

/** Null: the pipeline has no archive. */
export async function archiveOf(
  api: KubeApi,
  { namespace, spec }: LogPipeline,
): Promise<ArchiveLookup | Missing | null> {
  const { archive } = spec;
  if (archive === undefined) return null;
  const reach = reachOf(archive.endpoint);
  if (isMissing(reach)) return reach;
  if (archive.secretRef === undefined) return { key: null, reach };
  const { name } = archive.secretRef;
  const secret = await readSecret(api, namespace, name);
  if (secret === null) return missingSecret('spec.archive.secretRef', name);
  const accessKeyId = valueIn(secret, 'accessKeyId');
  if (isMissing(accessKeyId)) return accessKeyId;
  const secretAccessKey = valueIn(secret, 'secretAccessKey');
  if (isMissing(secretAccessKey)) return secretAccessKey;
  return {
    key: { accessKeyId: accessKeyId.value, secretAccessKey: secretAccessKey.value },
    reach,
  };
}

function reachOf(endpoint: string | undefined): Reach | Missing {
  return endpoint === undefined
    ? {
        kind: 'told',
        ready: true,
        message: 'AWS is asked by the pods, whose health says how it is',
      }
    : reachOfUrl(endpoint, 'spec.archive.endpoint');
}
