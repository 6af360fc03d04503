import type { KubeApi } from './kube-api.ts';

interface GroupList {
  readonly groups: readonly { readonly name: string }[];
}

/** Groups of the API that the cluster serves: those of other projects come and go. */
export async function discoverGroups(api: KubeApi): Promise<ReadonlySet<string>> {
  const { groups } = (await api.request({ method: 'GET', path: '/apis' })) as GroupList;
  return new Set(groups.map(({ name }) => name));
}
