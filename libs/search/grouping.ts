import {
  levelRank,
  LEVELS,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  type Level,
  type ParsedEvent,
  type Micros,
} from '#event';
import { parseTimestamptz } from '#store';

/** The values that one count belongs to, in the order of the grouping's expressions. */
export type GroupKey = readonly (string | null)[];

/** How events are counted apart: the same keys from rows, from rollups and from events in memory. */
export interface Grouping {
  /** SQL of Postgres over the columns of log_event. */
  readonly rowKeys: readonly string[];
  /** SQL of DuckDB over the columns of a columnar file. */
  readonly columnarKeys: readonly string[];
  /** SQL over `rollup_minute`, or null where it does not hold the keys. */
  readonly minuteKeys: readonly string[] | null;
  /** SQL over `rollup_hour`, or null where it does not hold the keys. */
  readonly hourKeys: readonly string[] | null;
  /** The key of an event, as text like those from SQL. */
  readonly keyOf: (event: ParsedEvent) => GroupKey;
}

/** Everything in one count. */
export const NO_GROUPING: Grouping = {
  rowKeys: [],
  columnarKeys: [],
  minuteKeys: [],
  hourKeys: [],
  keyOf: () => [],
};

/** (start of the bucket in microseconds, rank of the level) */
export function histogramGrouping(interval: Micros): Grouping {
  const keys = (column: string) => [bucketSql(column, interval), 'level'];
  return {
    rowKeys: keys('ts'),
    columnarKeys: [`epoch_us(ts) // ${interval} * ${interval}`, 'level'],
    minuteKeys: interval % MICROS_PER_MINUTE === 0 ? keys('minute') : null,
    hourKeys: interval % MICROS_PER_HOUR === 0 ? keys('hour') : null,
    keyOf: (event) => [
      String(Math.floor(event.timestamp / interval) * interval),
      String(levelRank(event.level)),
    ],
  };
}

/** `date_bin` is integer arithmetic; its text is read by `readBucket`. */
function bucketSql(column: string, interval: Micros): string {
  return `date_bin('${interval} microseconds', ${column}, '1970-01-01T00:00:00Z')`;
}

/** The start of a bucket, as a time from Postgres, else in microseconds. */
export function readBucket(text: string): Micros {
  return text.includes(' ') ? parseTimestamptz(text) : Number(text);
}

export function readLevel(rank: string | null | undefined): Level {
  return LEVELS[Number(rank)] ?? 'info';
}
