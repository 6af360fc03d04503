import { formatTimestamp, levelRank, type Level, type Micros } from '#event';
import type { Snapshot } from './snapshot.ts';

/** A minute of the rollups and how many events it counts of what was asked for. */
export interface CountedMinute {
  readonly minute: Micros;
  readonly events: number;
}

export interface MinutesRequest {
  readonly levels: ReadonlySet<Level> | null;
  readonly services: ReadonlySet<string> | null;
  /** Both aligned to minutes; `to` exclusive. */
  readonly from: Micros;
  readonly to: Micros;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** The minutes that hold events of these levels and services, as far as rollups count them, in order. */
export async function readMinutes(
  snapshot: Snapshot,
  request: MinutesRequest,
): Promise<readonly CountedMinute[]> {
  const values: unknown[] = [];
  const keys = [
    request.levels === null
      ? null
      : `level = ANY($${values.push([...request.levels].map(levelRank))}::smallint[])`,
    request.services === null
      ? null
      : `service = ANY($${values.push([...request.services])}::text[])`,
  ].filter((condition) => condition !== null);
  const where = [
    `minute >= '${formatTimestamp(request.from)}'`,
    `minute < '${formatTimestamp(request.to)}'`,
    ...keys,
  ].join(' AND ');
  const rows = await snapshot.rows(
    `SELECT (extract(epoch FROM minute) * 1000000)::bigint, sum(events)
     FROM rollup_minute WHERE ${where}
     GROUP BY minute HAVING sum(events) > 0 ORDER BY minute ${request.order} LIMIT ${request.limit}`,
    values,
  );
  return rows.map(([minute, events]) => ({ minute: Number(minute), events: Number(events) }));
}

/** Groups that some rollup does not count yet; a reader scans their events instead. */
export interface PendingGroup {
  readonly groupSeq: number;
  readonly minuteRollup: boolean;
  readonly hourRollup: boolean;
}

export async function readPendingGroups(snapshot: Snapshot): Promise<readonly PendingGroup[]> {
  const rows = await snapshot.rows(
    `SELECT group_seq, minute_rollup::int, hour_rollup::int FROM log_group
     WHERE NOT (minute_rollup AND hour_rollup) ORDER BY group_seq`,
  );
  return rows.map(([groupSeq, minuteRollup, hourRollup]) => ({
    groupSeq: Number(groupSeq),
    minuteRollup: minuteRollup === '1',
    hourRollup: hourRollup === '1',
  }));
}

/** A segment that holds events of some groups, and between which times at the most. */
export interface GroupPlace {
  readonly segmentId: number;
  readonly minTs: Micros;
  /** Inclusive. */
  readonly maxTs: Micros;
}

/** Where the groups from `first` to `last` lie: each lies in a part or under a filter, segment by segment. */
export async function placesOfGroups(
  snapshot: Snapshot,
  first: number,
  last: number,
): Promise<readonly GroupPlace[]> {
  const rows = await snapshot.rows(
    `SELECT segment_id, (extract(epoch FROM min(min_ts)) * 1000000)::bigint,
       (extract(epoch FROM max(max_ts)) * 1000000)::bigint
     FROM (
       SELECT segment_id, min_ts, max_ts FROM group_part
       WHERE group_seq BETWEEN $1::bigint AND $2::bigint
       UNION ALL
       SELECT segment_id, min_ts, max_ts FROM skip_filter
       WHERE last_group >= $1::bigint AND first_group <= $2::bigint) AS place
     GROUP BY segment_id ORDER BY segment_id`,
    [first, last],
  );
  return rows.map(([segmentId, minTs, maxTs]) => ({
    segmentId: Number(segmentId),
    minTs: Number(minTs),
    maxTs: Number(maxTs),
  }));
}

/** Hours that are not in `rollup_hour` because they hold too many resources. */
export async function readOverflowHours(snapshot: Snapshot): Promise<readonly Micros[]> {
  const rows = await snapshot.rows(
    'SELECT (extract(epoch FROM hour) * 1000000)::bigint FROM rollup_hour_overflow ORDER BY hour',
  );
  return rows.map(([hour]) => Number(hour));
}
