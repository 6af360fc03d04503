import type { PoolClient } from 'pg';
import { quoted } from '../files/columns.ts';

/**
 * Notes the groups of a table that has no filters: searches scan these, and the job makes filters from them.
 *
 * @returns the number of events
 */
export async function noteGroups(
  client: PoolClient,
  segmentId: number,
  relation: string,
): Promise<number> {
  const { rows } = await client.query<{ events: string }>(
    `WITH noted AS (
       INSERT INTO group_part (segment_id, group_seq, events, min_ts, max_ts)
       SELECT $1, group_seq, count(*), min(ts), max(ts) FROM ${quoted(relation)} GROUP BY group_seq
       RETURNING events)
     SELECT coalesce(sum(events), 0) AS events FROM noted`,
    [segmentId],
  );
  return Number(rows[0]?.events);
}
