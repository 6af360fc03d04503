import { describe, expect, it } from '@jest/globals';
import { CountingPause } from './counting-pause.ts';

describe('CountingPause', () => {
  it('is over at once before anything was counted', () => {
    expect(new CountingPause().restMs(0)).toBe(0);
  });

  it('lasts until five seconds after a quick count began', () => {
    const pause = new CountingPause();
    pause.begin(1_000);
    expect(pause.restMs(60_000)).toBe(5_000);
    pause.end(1_100);
    expect(pause.restMs(5_999)).toBe(1);
    expect(pause.restMs(6_000)).toBe(0);
  });

  it('lasts ten times as long as a slow count', () => {
    const pause = new CountingPause();
    pause.begin(0);
    pause.end(3_000);
    expect(pause.restMs(10_000)).toBe(20_000);
    expect(pause.restMs(31_000)).toBe(0);
  });
});
