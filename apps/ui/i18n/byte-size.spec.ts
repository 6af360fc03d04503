import { describe, expect, it } from '@jest/globals';
import { formatBytes, parseBytes } from './byte-size.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [2_000_000, '2 MB'],
    [12_345_678, '12 MB'],
    [3 * 10 ** 15, '3 PB'],
    [5 * 10 ** 18, '5,000 PB'],
  ])('of %d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('parseBytes', () => {
  it.each([
    ['500', 500],
    ['500 B', 500],
    ['500 MB', 500_000_000],
    [' 2gb ', 2_000_000_000],
    ['1.5 GiB', 1_610_612_736],
    ['1kib', 1_024],
    ['', Number.NaN],
    ['-1', Number.NaN],
    ['5 MBit', Number.NaN],
    ['much', Number.NaN],
  ])('of %j is %d', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });
});
