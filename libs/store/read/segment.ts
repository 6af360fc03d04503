import type { Micros } from '#event';
import type { TextRow } from './row.ts';

/** One row of the segment catalog: a stretch of time and what reads it. */
export interface Segment {
  readonly id: number;
  /** `rows` is a table named by `relation`; `columnar` is files. Several segments may share a stretch of time. */
  readonly engine: string;
  readonly relation: string;
  /** Inclusive. */
  readonly start: Micros;
  /** Exclusive. */
  readonly end: Micros;
}

/** All segments that are read, oldest first. */
export const SEGMENTS_SQL = `
  SELECT id, engine, relation, (extract(epoch FROM range_start) * 1000000)::bigint,
    (extract(epoch FROM range_end) * 1000000)::bigint
  FROM segment WHERE engine IN ('rows', 'columnar') ORDER BY range_start, id`;

export function decodeSegment(row: TextRow): Segment {
  const [id, engine, relation, start, end] = row as [string, string, string, string, string];
  return { id: Number(id), engine, relation, start: Number(start), end: Number(end) };
}
