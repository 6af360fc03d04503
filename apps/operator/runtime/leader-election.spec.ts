import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { MemoryLeaseApi } from '../testing/memory-api.ts';
import { LeaderElection } from './leader-election.ts';

const TIMING = { leaseMs: 300, renewMs: 150, retryMs: 10 };

describe('the election of a leader', () => {
  let api: MemoryLeaseApi;
  let ending: AbortController;

  beforeEach(() => {
    api = new MemoryLeaseApi();
    ending = new AbortController();
  });

  afterEach(() => {
    ending.abort();
  });

  const candidate = (identity: string, signal = ending.signal) =>
    new LeaderElection({ api, namespace: 'n', name: 'lease', identity, signal, timing: TIMING });

  it('makes the first one the leader, and nobody else while it renews', async () => {
    const first = candidate('a');
    expect(await first.acquire()).toBe(true);
    void first.keep();
    const waiting = new AbortController();
    const second = candidate('b', waiting.signal);
    setTimeout(() => {
      waiting.abort();
    }, 3 * TIMING.leaseMs);
    expect(await second.acquire()).toBe(false);
    expect(first.isLeader).toBe(true);
  });

  it('makes another one the leader when the first is gone without a word', async () => {
    expect(await candidate('a').acquire()).toBe(true);
    const second = candidate('b');
    const begun = performance.now();
    expect(await second.acquire()).toBe(true);
    expect(performance.now() - begun).toBeGreaterThan(TIMING.leaseMs);
    expect(api.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 });
  });

  it('makes another one the leader at once when the first gives the lease up', async () => {
    const first = candidate('a');
    await first.acquire();
    await first.release();
    expect(api.lease?.spec).toMatchObject({ holderIdentity: '' });
    expect(await candidate('b').acquire()).toBe(true);
  });

  it('is given up also while it is being renewed', async () => {
    const first = candidate('a');
    await first.acquire();
    const before = api.lease?.metadata.resourceVersion;
    const kept = first.keep();
    await waitUntil('a renewal', () => api.lease?.metadata.resourceVersion !== before);
    const held = Promise.withResolvers<undefined>();
    api.pace = held.promise;
    await waitUntil('the next one is under way', () => api.waiting > 0);
    ending.abort();
    const released = first.release();
    held.resolve(undefined);
    await Promise.all([kept, released]);
    expect(api.lease?.spec).toMatchObject({ holderIdentity: '' });
  });

  it('tells a leader that it is none any more when it cannot renew', async () => {
    const first = candidate('a');
    await first.acquire();
    api.isAway = true;
    expect(await first.keep()).toBe('lost');
    expect(first.isLeader).toBe(false);
  });

  it('makes only one of many the leader', async () => {
    const waiting = new AbortController();
    const candidates = ['a', 'b', 'c', 'd', 'e'].map((name) => candidate(name, waiting.signal));
    const outcomes = candidates.map((each) =>
      each.acquire().then((isLeader) => {
        if (isLeader) {
          void each.keep();
          setTimeout(() => {
            waiting.abort();
          }, TIMING.leaseMs / 2);
        }
        return isLeader;
      }),
    );
    expect((await Promise.all(outcomes)).filter((isLeader) => isLeader)).toHaveLength(1);
  });
});
