import { describe, expect, it } from '@jest/globals';
import { columnarStatement } from './columnar-sql.ts';

const MATCHING = { sql: 'level = $1', values: [3], check: null };

/** Stretches below 20 µs are in one file, later ones in another. */
function scansOf(...starts: readonly number[]): readonly string[] {
  const windows = starts.map((from) => ({ from, to: from + 5 }));
  const { sql } = columnarStatement({ files: [], windows, filter: MATCHING }, (events) => events);
  return sql(({ from }) => (from < 20 ? 'early' : 'late'))
    .slice(1, -1)
    .split(' UNION ALL ');
}

describe('a statement over stretches of columnar files', () => {
  it('scans the same files once, for all stretches of them', () => {
    expect(scansOf(0, 10, 20)).toEqual([
      `SELECT * FROM early WHERE (ts >= '1970-01-01T00:00:00.000000Z'::timestamptz AND ts < '1970-01-01T00:00:00.000005Z'::timestamptz OR ts >= '1970-01-01T00:00:00.000010Z'::timestamptz AND ts < '1970-01-01T00:00:00.000015Z'::timestamptz) AND (level = $1)`,
      `SELECT * FROM late WHERE (ts >= '1970-01-01T00:00:00.000020Z'::timestamptz AND ts < '1970-01-01T00:00:00.000025Z'::timestamptz) AND (level = $1)`,
    ]);
  });
});
