import { describe, expect, it } from '@jest/globals';
import { TailRate } from './tail-rate.ts';

describe('the rate of a tail', () => {
  it('is over the last ten seconds', () => {
    const rate = new TailRate();
    expect(rate.perSecond(0)).toBe(0);
    for (let second = 0; second <= 20; second++) rate.add(500, second * 1_000);
    expect(rate.perSecond(20_000)).toBe(500);
    expect(rate.perSecond(25_000)).toBe(250);
    expect(rate.perSecond(40_000)).toBe(0);
  });

  it('is over the time that it runs at first', () => {
    const rate = new TailRate();
    rate.add(10, 5_000);
    expect(rate.perSecond(5_100)).toBe(10);
    rate.add(10, 7_000);
    expect(rate.perSecond(7_000)).toBe(10);
    rate.clear();
    expect(rate.perSecond(8_000)).toBe(0);
  });
});
