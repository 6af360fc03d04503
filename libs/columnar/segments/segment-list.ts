import type { Pool, PoolClient } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { asStoreError } from '#store';

/** A stretch of events, and what it takes where it lies. */
export interface ListedSegment {
  readonly id: number;
  /** `rows`: a table that searches read; `columnar`: files; `kept`: a table whose events searches read from files. */
  readonly engine: 'rows' | 'columnar' | 'kept';
  readonly start: Micros;
  /** Exclusive. */
  readonly end: Micros;
  /** Of tables: what was written to them; of those that are kept, as Postgres estimates them. */
  readonly events: number;
  /** With indexes, or with skip files. */
  readonly bytes: number;
  readonly files: number;
}

/** A range of times; null is without an end. */
export interface ListedRange {
  readonly from: Micros | null;
  readonly to: Micros | null;
}

interface Row {
  readonly id: number;
  readonly engine: ListedSegment['engine'];
  readonly start: string;
  readonly end: string;
  readonly events: string;
  readonly bytes: string;
  readonly files: number;
}

/** All segments that touch a range, oldest first. */
export async function listSegments(
  client: Pool | PoolClient,
  { from, to }: ListedRange,
): Promise<readonly ListedSegment[]> {
  const { rows } = await query(
    client,
    `SELECT segment.id, engine, (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS "end",
       CASE engine WHEN 'columnar' THEN held.events WHEN 'rows' THEN written.events
         ELSE greatest(reltuples, 0)::bigint END AS events,
       CASE engine WHEN 'columnar' THEN held.bytes ELSE pg_total_relation_size(pg_class.oid) END AS bytes,
       held.files
     FROM segment
     LEFT JOIN pg_class ON engine <> 'columnar' AND pg_class.oid = to_regclass(quote_ident(relation))
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(events), 0)::bigint AS events, coalesce(sum(bytes + skip_bytes), 0)::bigint AS bytes,
         count(*)::int AS files
       FROM columnar_file WHERE segment_id = segment.id) AS held
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(events), 0)::bigint AS events FROM (
         SELECT events FROM group_part WHERE segment_id = segment.id AND engine = 'rows'
         UNION ALL SELECT events FROM skip_filter WHERE segment_id = segment.id AND engine = 'rows') AS part) AS written
     WHERE range_end > coalesce($1::timestamptz, '-infinity') AND range_start < coalesce($2::timestamptz, 'infinity')
     ORDER BY range_start, engine, segment.id`,
    [from === null ? null : formatTimestamp(from), to === null ? null : formatTimestamp(to)],
  );
  return rows.map((row) => ({
    ...row,
    start: Number(row.start),
    end: Number(row.end),
    events: Number(row.events),
    bytes: Number(row.bytes),
  }));
}

async function query(client: Pool | PoolClient, sql: string, values: readonly (string | null)[]) {
  try {
    return await client.query<Row>(sql, [...values]);
  } catch (error) {
    throw asStoreError(error);
  }
}
