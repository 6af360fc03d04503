import { describe, expect, it } from '@jest/globals';
import { storeReadiness, writerReadiness } from './store-readiness.ts';

describe('storeReadiness', () => {
  it('is silent about a store that answers', async () => {
    expect(await storeReadiness(() => Promise.resolve())()).toBeNull();
  });

  it('says why the store cannot be used, and recovers', async () => {
    let isAway = true;
    const check = storeReadiness(() =>
      isAway ? Promise.reject(new Error('connection refused')) : Promise.resolve(),
    );
    expect(await check()).toBe('connection refused');
    isAway = false;
    expect(await check()).toBeNull();
  });

  it('does not wait for a store that hangs, and asks it only once', async () => {
    let probes = 0;
    const answer = Promise.withResolvers<undefined>();
    const check = storeReadiness(() => {
      probes++;
      return answer.promise;
    }, 5);
    expect(await check()).toBe('Postgres does not answer within 0.005 s');
    expect(await check()).not.toBeNull();
    expect(probes).toBe(1);
    answer.resolve(undefined);
    await answer.promise;
    expect(await check()).toBeNull();
  });
});

describe('writerReadiness', () => {
  it.each(['open', 'half-open'] as const)('speaks of a breaker that is %s', (state) => {
    expect(writerReadiness(() => state)()).toContain('the last commit failed');
  });

  it('is silent about a closed one', () => {
    expect(writerReadiness(() => 'closed')()).toBeNull();
  });
});
