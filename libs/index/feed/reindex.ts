import type { Pool } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { indexName } from '../index-name.ts';
import { MAX_SEAL } from '../search-index.ts';

export interface ReindexRange {
  /** Inclusive; null: from the first event on. */
  readonly from: Micros | null;
  /** Exclusive; null: to the last event. */
  readonly to: Micros | null;
}

/**
 * Takes all trust from the indexes of a range: searches read from Postgres at once, and the feeder finds indexes with
 * the wrong seal, makes them again, and fills them.
 *
 * @returns the names of the indexes
 */
export async function reindex(
  pool: Pool,
  prefix: string,
  { from, to }: ReindexRange,
): Promise<readonly string[]> {
  const segments = await pool.query<{ start: string; end: string }>(
    `SELECT (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS end
     FROM segment WHERE engine = 'rows' AND range_end > $1 AND range_start < $2`,
    [
      from === null ? '-infinity' : formatTimestamp(from),
      to === null ? 'infinity' : formatTimestamp(to),
    ],
  );
  const names = segments.rows.map(({ start, end }) =>
    indexName(prefix, { start: Number(start), end: Number(end) }),
  );
  const sealed = await pool.query<{ name: string }>(
    `WITH sealed AS (
       UPDATE search_index SET seal = 1 + floor(random() * $2)::bigint, created_at = now()
       WHERE name = ANY($1::text[]) RETURNING id, name
     ), uncovered AS (
       DELETE FROM index_coverage WHERE index_id IN (SELECT id FROM sealed)
     ), forgotten AS (
       DELETE FROM index_omission WHERE index_id IN (SELECT id FROM sealed)
     ) SELECT name FROM sealed ORDER BY name`,
    [names, MAX_SEAL - 1],
  );
  return sealed.rows.map(({ name }) => name);
}
