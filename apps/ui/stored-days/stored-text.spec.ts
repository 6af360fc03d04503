import { describe, expect, it } from '@jest/globals';
import { barOf, stretchName } from './stored-text.ts';

describe('stretchName', () => {
  it.each([
    ['2026-11-24T00:00:00.000000Z', '2026-11-25T00:00:00.000000Z', 'Tue, Nov 24, 2026'],
    ['2026-11-24T05:00:00.000000Z', '2026-11-24T06:00:00.000000Z', 'Nov 24, 2026, 05:00 – 06:00'],
    ['2026-10-01T00:00:00.000000Z', '2026-11-01T00:00:00.000000Z', 'Oct 1 – 31, 2026'],
  ])('of %s to %s is %s', (from, to, name) => {
    // The ranges of Intl have thin spaces.
    expect(stretchName({ from, to }).replace(/[\u2009\u202f]/g, ' ')).toBe(name);
  });
});

describe('barOf', () => {
  it('is in parts of the largest', () => {
    expect(barOf({ fileBytes: 50, tableBytes: 25 }, 100)).toEqual({ files: 50, tables: 25 });
    expect(barOf({ fileBytes: 0, tableBytes: 0 }, 0)).toEqual({ files: 0, tables: 0 });
  });
});
