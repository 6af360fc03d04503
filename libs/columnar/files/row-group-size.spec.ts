import { describe, expect, it } from '@jest/globals';
import { MOST_GROUP_BYTES, rowGroupSizeFor, rowGroupSizeOf } from './row-group-size.ts';

const MIB = 1024 * 1024;

describe('rows of a row group', () => {
  it('are 10,240 where these are no more text than is gathered in memory', () => {
    expect(rowGroupSizeOf([MIB, MIB, MIB, MIB, MIB, MIB])).toEqual({
      rows: 10_240,
      bytes: 5 * MIB,
    });
    expect(rowGroupSizeFor(1_000)).toMatchObject({ rows: 10_240 });
  });

  it('are fewer where the largest group would be more', () => {
    const vectors = [MIB, MIB, MIB, 8 * MIB, 7 * MIB, 2 * MIB];
    expect(rowGroupSizeOf(vectors)).toEqual({ rows: 8_192, bytes: 11 * MIB });
    expect(rowGroupSizeOf([3 * MIB, 2 * MIB], 4 * MIB)).toEqual({ rows: 2_048, bytes: 3 * MIB });
  });

  it('are those of a vector at the least', () => {
    expect(rowGroupSizeOf([90 * MIB, 1])).toEqual({ rows: 2_048, bytes: 90 * MIB });
    expect(rowGroupSizeFor(MOST_GROUP_BYTES)).toMatchObject({ rows: 2_048 });
  });
});
