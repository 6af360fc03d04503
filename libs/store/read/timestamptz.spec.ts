import { describe, expect, it } from '@jest/globals';
import { parseTimestamptz } from './timestamptz.ts';

describe('parseTimestamptz', () => {
  it('reads every length of fraction exactly', () => {
    const base = Date.UTC(2023, 8, 15, 8, 0, 1) * 1_000;
    expect(parseTimestamptz('2023-09-15 08:00:01+00')).toBe(base);
    expect(parseTimestamptz('2023-09-15 08:00:01.5+00')).toBe(base + 500_000);
    expect(parseTimestamptz('2023-09-15 08:00:01.000007+00')).toBe(base + 7);
    expect(parseTimestamptz('2023-09-15 08:00:01.123456+00')).toBe(base + 123_456);
  });

  it('knows the calendar as Date does, from 1970 to 2200', () => {
    for (let day = 0; day < 84_000; day += 13) {
      const iso = new Date(day * 86_400_000).toISOString();
      expect(parseTimestamptz(`${iso.slice(0, 10)} 00:00:00+00`)).toBe(day * 86_400_000_000);
    }
  });
});
