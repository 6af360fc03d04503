import { formatTimestamp, type EventPosition, type Micros } from '#event';
import { parseTimestamptz, type Snapshot } from '#store';

export interface LeftOutRequest {
  /** Inclusive. */
  readonly from: Micros;
  /** Exclusive. */
  readonly to: Micros;
  readonly order: 'asc' | 'desc';
  readonly after: EventPosition | null;
  readonly limit: number;
}

/** The events that were left out of an index, in order: to be looked up in their partition, and checked. */
export async function readLeftOut(
  snapshot: Snapshot,
  indexId: number,
  { from, to, order, after, limit }: LeftOutRequest,
): Promise<readonly EventPosition[]> {
  const place =
    after === null
      ? 'true'
      : `(ts, group_seq, ordinal) ${order === 'asc' ? '>' : '<'}
         ('${formatTimestamp(after.timestamp)}', ${after.groupSeq}, ${after.ordinal})`;
  const rows = await snapshot.rows(
    `SELECT ts, group_seq, ordinal FROM index_omission
     WHERE index_id = $1 AND ts >= $2 AND ts < $3 AND ${place}
     ORDER BY ts ${order}, group_seq ${order}, ordinal ${order} LIMIT $4`,
    [indexId, formatTimestamp(from), formatTimestamp(to), limit],
  );
  return rows.map(([ts, groupSeq, ordinal]) => ({
    timestamp: parseTimestamptz(ts ?? ''),
    groupSeq: Number(groupSeq),
    ordinal: Number(ordinal),
  }));
}
