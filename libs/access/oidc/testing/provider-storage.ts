import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** What a provider of the tests keeps, in memory; its own storage of this kind warns at each start. */
export function providerStorage(): AdapterFactory {
  const all = new Map<string, AdapterPayload>();
  return (model): Adapter => {
    const key = (id: string): string => `${model}:${id}`;
    const find = (
      matches: (payload: AdapterPayload) => boolean,
    ): Promise<AdapterPayload | undefined> =>
      Promise.resolve(
        [...all].find(([name, payload]) => name.startsWith(`${model}:`) && matches(payload))?.[1],
      );
    return {
      upsert: (id, payload) => {
        all.set(key(id), payload);
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(all.get(key(id))),
      findByUid: (uid) => find((payload) => payload.uid === uid),
      findByUserCode: (code) => find((payload) => payload.userCode === code),
      consume: (id) => {
        const payload = all.get(key(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1_000);
        return Promise.resolve();
      },
      destroy: (id) => {
        all.delete(key(id));
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [name, payload] of all) if (payload.grantId === grantId) all.delete(name);
        return Promise.resolve();
      },
    };
  };
}
