import { describe, expect, it } from '@jest/globals';
import { RowMeter, type FileBounds } from './row-meter.ts';

const NONE: FileBounds = { rows: Infinity, bytes: Infinity, vectorBytes: Infinity };

/** How many of so many rows one file takes. */
function taken(bounds: Partial<FileBounds>, lengths: readonly number[]): RowMeter {
  const meter = new RowMeter({ ...NONE, ...bounds });
  for (const length of lengths) meter.take(length);
  return meter;
}

describe('RowMeter', () => {
  it('measures rows, the longest, and each 2,048 of them', () => {
    const lengths = Array<number>(3_000).fill(100);
    lengths[2_500] = 5_000;
    const meter = taken({}, lengths);
    expect(meter).toMatchObject({ seen: 3_000, rows: 3_000, longestRow: 5_000, full: false });
    expect(meter.bytes).toBe(3_000 * 100 + 4_900);
    expect(meter.vectors).toEqual([204_800, 95_200 + 4_900]);
    expect(meter.lastRow).toBe(100);
  });

  it('takes rows up to the first that is beyond a bound, and none after it', () => {
    expect(taken({ rows: 3 }, [50, 50, 50, 50])).toMatchObject({ rows: 3, full: true });
    const meter = taken({ bytes: 200 }, [80, 80, 80, 50]);
    expect(meter).toMatchObject({ seen: 4, rows: 2, bytes: 160, full: true });
    expect(meter.lastRow).toBe(80);
  });

  it('bounds the text of each vector, wherever the long rows are', () => {
    const lengths = Array<number>(6_000).fill(60);
    lengths.fill(60_000, 5_000, 5_100);
    const meter = taken({ vectorBytes: 1_000_000 }, lengths);
    expect(meter.rows).toBeGreaterThan(5_000);
    expect(meter.rows).toBeLessThan(5_020);
    expect(Math.max(...meter.vectors)).toBeLessThanOrEqual(1_000_000);
  });

  it('takes one row at the least', () => {
    expect(taken({ bytes: 1, vectorBytes: 1 }, [500, 500])).toMatchObject({ rows: 1, full: true });
  });
});
