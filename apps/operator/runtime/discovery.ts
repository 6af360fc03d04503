import { ApiError } from './api-error.ts';
import type { KubeApi } from './kube-api.ts';
import { collectionPath, type Kind } from './kinds.ts';
import { watchFault } from './list-watch.ts';

interface GroupList {
  readonly groups: readonly { readonly name: string }[];
}

/** Groups of the API that the cluster serves: those of other projects come and go. */
export async function discoverGroups(api: KubeApi): Promise<ReadonlySet<string>> {
  const { groups } = (await api.request({ method: 'GET', path: '/apis' })) as GroupList;
  return new Set(groups.map(({ name }) => name));
}

/**
 * Resolves when the objects of a kind can be listed.
 *
 * @param namespace null: in all namespaces
 * @throws ApiError which says what is missing: the definition of the kind, or a right
 */
export async function checkKind(api: KubeApi, kind: Kind, namespace: string | null): Promise<void> {
  try {
    await api.request({ method: 'GET', path: `${collectionPath(kind, namespace)}?limit=1` });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.status, error.reason, watchFault(kind, error));
  }
}
