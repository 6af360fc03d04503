import type { Micros } from '#event';
import type { TextRow } from './row.ts';

/** One row of the segment catalog: a stretch of time and what reads it. */
export interface Segment {
  readonly id: number;
  /** `rows` is a partition of log_event named by `relation`. */
  readonly engine: string;
  readonly relation: string;
  /** Inclusive. */
  readonly start: Micros;
  /** Exclusive. */
  readonly end: Micros;
}

/** All segments, oldest first. */
export const SEGMENTS_SQL = `
  SELECT id, engine, relation, (extract(epoch FROM range_start) * 1000000)::bigint,
    (extract(epoch FROM range_end) * 1000000)::bigint
  FROM segment ORDER BY range_start`;

export function decodeSegment(row: TextRow): Segment {
  const [id, engine, relation, start, end] = row as [string, string, string, string, string];
  return { id: Number(id), engine, relation, start: Number(start), end: Number(end) };
}
