import { describe, expect, it } from '@jest/globals';
import { backBy, changeOf } from './earlier-range.ts';

describe('backBy', () => {
  it.each([
    ['1d', 3_600_000, 60_000, 86_400_000],
    ['1w', 3_600_000, 7 * 60_000, 604_800_000],
    ['before', 900_000, 10_000, 900_000],
    ['before', 901_000, 10_000, 910_000],
  ] as const)('%s of %d ms in bars of %d ms is %d ms', (compared, length, width, back) => {
    expect(backBy(compared, length, width)).toBe(back);
  });
});

describe('changeOf', () => {
  it.each([
    [110, 100, '+10%'],
    [50, 100, '−50%'],
    [100, 100, 'as before'],
    [5, 0, 'new'],
    [0, 0, 'as before'],
    [0, 5, '−100%'],
  ])('%d after %d is %s', (now, earlier, text) => {
    expect(changeOf(now, earlier)).toBe(text);
  });
});
