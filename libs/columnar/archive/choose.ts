import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import type { RowSegment } from '#store';
import type { ArchiveParts } from './parts.ts';

/** A sealed table. */
export interface SealedTable extends RowSegment {
  /** How often retention had deleted from it when this was read. */
  readonly deletions: number;
}

interface Row {
  readonly id: number;
  readonly relation: string;
  readonly start: string;
  readonly end: string;
  readonly deletions: number;
}

const COLUMNS = `id, relation, (extract(epoch FROM range_start) * 1000000)::bigint AS start,
  (extract(epoch FROM range_end) * 1000000)::bigint AS "end", deletions`;

type ChoiceParts = Pick<ArchiveParts, 'clock' | 'keepFiles' | 'limits'>;

/** Tables that end no later do not become files: the time of those would be over. */
function endOfFiles({ clock, keepFiles }: Pick<ArchiveParts, 'clock' | 'keepFiles'>): string {
  return keepFiles === null ? '-infinity' : formatTimestamp(clock() - keepFiles);
}

/**
 * The oldest table that is closed and not sealed yet; of late events only where they are many.
 *
 * @param aside numbers of tables that are passed over
 */
export async function nextClosedTable(
  client: PoolClient,
  parts: ChoiceParts,
  aside: readonly number[],
): Promise<RowSegment | null> {
  const { clock, limits } = parts;
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM segment AS s
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(events), 0) AS events, max(last_group) AS last_group FROM (
         SELECT events, group_seq AS last_group FROM group_part WHERE segment_id = s.id
         UNION ALL
         SELECT events, last_group FROM skip_filter WHERE segment_id = s.id) AS part) AS held
     WHERE engine = 'rows' AND sealed_commit IS NULL AND range_end <= $1 AND range_end > $4 AND id <> ALL($5::int[])
       AND held.events >= CASE WHEN EXISTS (
           SELECT FROM segment AS other WHERE other.id <> s.id AND other.range_start = s.range_start)
         THEN $2::bigint ELSE 1 END
       AND NOT EXISTS (
         SELECT FROM log_group WHERE group_seq = held.last_group
           AND committed_at > now() - make_interval(secs => $3))
     ORDER BY range_start LIMIT 1`,
    [
      formatTimestamp(clock() - limits.closedAfter),
      limits.lateEvents,
      limits.quietFor / 1_000_000,
      endOfFiles(parts),
      aside,
    ],
  );
  return rows[0] === undefined ? null : tableOf(rows[0]);
}

/**
 * The oldest table that is sealed and has no files yet, once its groups are in the rollups.
 *
 * @param aside numbers of tables that are passed over
 */
export async function nextSealedTable(
  client: PoolClient,
  parts: ChoiceParts,
  aside: readonly number[],
): Promise<SealedTable | null> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM segment
     WHERE engine = 'rows' AND sealed_commit IS NOT NULL AND range_end > $1 AND coalesce(held_until <= now(), true)
       AND id <> ALL($2::int[]) AND NOT EXISTS (
       SELECT FROM log_group WHERE NOT (minute_rollup AND hour_rollup) AND commit_seq <= sealed_commit)
     ORDER BY range_start, id LIMIT 1`,
    [endOfFiles(parts), aside],
  );
  return rows[0] === undefined ? null : tableOf(rows[0]);
}

function tableOf({ id, relation, start, end, deletions }: Row): SealedTable {
  return { id, relation, start: Number(start), end: Number(end), deletions };
}
