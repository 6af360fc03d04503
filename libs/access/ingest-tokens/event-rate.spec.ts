import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventRate } from './event-rate.ts';
import { nextShare } from './rate-share.ts';

describe('a rate of events', () => {
  let now = 0;
  let rate: EventRate;

  beforeEach(() => {
    now = 0;
    rate = new EventRate({ eventsPerSecond: 100, burst: 200 }, () => now);
  });

  it('lets a burst pass after a pause, then what the rate allows', () => {
    rate.take(200);
    expect(rate.waitMs).toBe(10);
    now = 10;
    expect(rate.waitMs).toBe(0);
    rate.take(1);
    expect(rate.waitMs).toBe(10);
  });

  it('takes a request that is larger than the burst, and waits for all of it before the next', () => {
    rate.take(1_000);
    expect(rate.waitMs).toBe(8_010);
    now = 8_009;
    expect(rate.waitMs).toBeGreaterThan(0);
    now = 8_010;
    expect(rate.waitMs).toBe(0);
  });

  it('never saves up more than a burst', () => {
    now = 3_600_000;
    rate.take(200);
    expect(rate.waitMs).toBe(10);
    rate.giveBack(500);
    rate.take(200);
    expect(rate.waitMs).toBe(10);
  });

  it('keeps its debt under another limit', () => {
    rate.take(400);
    rate.change({ eventsPerSecond: 10, burst: 10 });
    expect(rate.waitMs).toBe(20_100);
  });

  it('allows over any time no more than burst and rate, and the last request', () => {
    let passed = 0;
    for (now = 0; now < 10_000; now += 7) {
      if (rate.waitMs > 0) continue;
      rate.take(30);
      passed += 30;
    }
    expect(passed).toBeGreaterThan(1_000);
    expect(passed).toBeLessThanOrEqual(200 + 1_000 + 30);
  });
});

describe('shares of a limit', () => {
  /** What each process takes in each of so many rounds, given what each would like to take. */
  function simulate(wanted: readonly number[], rounds: number): number[][] {
    const limit = 1_000;
    let shares = wanted.map(() => limit);
    const history: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const taken = wanted.map((want, at) => Math.min(want, shares[at] ?? 0));
      history.push(taken);
      const total = taken.reduce((sum, one) => sum + one, 0);
      shares = shares.map((share, at) =>
        nextShare({ limit, share, others: total - (taken[at] ?? 0), processes: wanted.length }),
      );
    }
    return history;
  }

  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

  it.each([
    ['one that sends alone', [5_000, 0, 0], 1_000],
    ['all that want too much', [5_000, 5_000, 5_000], 1_000],
    ['two beside one that wants little', [100, 5_000, 5_000], 1_000],
    ['one beside two that want little', [100, 200, 5_000], 1_000],
    ['none of those that want less than there is', [100, 200, 300], 600],
  ])('limit %s, and waste nothing', (_name, wanted, expected) => {
    const settled = simulate(wanted, 20).slice(10);
    for (const taken of settled) {
      expect(sum(taken)).toBeLessThanOrEqual(1_050);
      expect(sum(taken)).toBeGreaterThan(expected * 0.95);
    }
  });

  it('leave each the equal part that it wants', () => {
    for (const taken of simulate([300, 9_000, 9_000], 20).slice(5)) expect(taken[0]).toBe(300);
  });

  it('exceed the limit for no more than some rounds when all begin at once', () => {
    const excess = simulate([9_000, 9_000, 9_000, 9_000], 20).map((taken) => sum(taken) - 1_000);
    expect(Math.max(...excess)).toBe(3_000);
    expect(sum(excess)).toBeLessThanOrEqual(2 * 3_000 + 50);
    expect(Math.max(...excess.slice(8))).toBeLessThan(50);
  });

  it('shrink with the limit', () => {
    expect(nextShare({ limit: 10, share: 1_000, others: 0, processes: 2 })).toBe(10);
  });
});
