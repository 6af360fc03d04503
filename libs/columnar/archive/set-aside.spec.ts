import { describe, expect, it } from '@jest/globals';
import { MICROS_PER_HOUR, MICROS_PER_MINUTE } from '#event';
import { SetAside } from './set-aside.ts';

describe('SetAside', () => {
  it('keeps what failed away for longer each time, up to an hour', () => {
    let now = 0;
    const aside = new SetAside(() => now);
    expect(aside.has('archive', 7)).toBe(false);
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      aside.add('archive', 7);
      now += minutes * MICROS_PER_MINUTE - 1;
      expect(aside.ids('archive')).toEqual([7]);
      now += 1;
      expect(aside.has('archive', 7)).toBe(false);
    }
    expect(aside.ids('archive')).toEqual([]);
    aside.add('archive', 7);
    expect(aside.ids('seal')).toEqual([]);
  });

  it('keeps what cannot succeed away for good, and forgets the oldest of very many', () => {
    let now = 0;
    const aside = new SetAside(() => now);
    aside.addForGood('merge', 1, 2);
    now = 1_000 * MICROS_PER_HOUR;
    expect(aside.has('merge', 1, 2)).toBe(true);
    for (let at = 0; at < 10_000; at++) aside.add('archive', at);
    expect(aside.has('merge', 1, 2)).toBe(false);
    expect(aside.ids('archive')).toHaveLength(10_000);
  });
});
