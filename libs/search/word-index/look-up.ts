import { formatTimestamp, type EventPosition, type StoredEvent } from '#event';
import { decodeEvent, EVENT_COLUMNS } from '#store';
import type { Scan } from '../scan.ts';
import type { Step } from '../planner.ts';

/**
 * The events at some positions of a segment, in no particular order, without those that are not there (any more).
 * LIMIT keeps Postgres from turning the look-ups into a join over the whole partition, of which it may know nothing
 * yet.
 */
export async function lookUp(
  scan: Pick<Scan, 'snapshot' | 'deadline'>,
  { segment }: Pick<Step, 'segment'>,
  positions: readonly EventPosition[],
): Promise<readonly StoredEvent[]> {
  if (positions.length === 0) return [];
  await scan.snapshot.steer('ordered', scan.deadline.statementTimeoutMs);
  const rows = await scan.snapshot.rows(
    `SELECT event.* FROM unnest($1::timestamptz[], $2::bigint[], $3::integer[]) AS wanted (ts, group_seq, ordinal)
     CROSS JOIN LATERAL (
       SELECT ${EVENT_COLUMNS} FROM "${segment.relation}"
       WHERE ts = wanted.ts AND group_seq = wanted.group_seq AND ordinal = wanted.ordinal LIMIT 1) AS event`,
    [
      positions.map(({ timestamp }) => formatTimestamp(timestamp)),
      positions.map(({ groupSeq }) => groupSeq),
      positions.map(({ ordinal }) => ordinal),
    ],
  );
  return rows.map(decodeEvent);
}
