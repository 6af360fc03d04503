import type { Pool } from 'pg';
import type { Micros } from '#event';
import { upperBound, type TimeRange } from './plan.ts';

/** A table in the catalog that takes events. */
export interface RowSegment extends TimeRange {
  readonly id: number;
  readonly relation: string;
}

/** SQL that reads the tables that take events in time order; times as microseconds. */
export const ROW_SEGMENTS_SQL = `
SELECT id, relation,
       (extract(epoch FROM range_start) * 1000000)::bigint::text AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint::text AS "end"
  FROM segment WHERE engine = 'rows' AND sealed_commit IS NULL ORDER BY range_start`;

export interface RowSegmentRow {
  readonly id: number;
  readonly relation: string;
  readonly start: string;
  readonly end: string;
}

export function toRowSegment(row: RowSegmentRow): RowSegment {
  return {
    id: row.id,
    relation: row.relation,
    start: Number(row.start),
    end: Number(row.end),
  };
}

/**
 * What this process knows of the partitions. It may be behind: another process creates and removes some. A writer
 * that meets a missing one reads again and tries again; that a removed one is noticed hangs on the rows that every
 * group writes with a reference to its segments.
 */
export class SegmentCatalog {
  private segments: readonly RowSegment[] = [];
  private recent: RowSegment | undefined;
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Those known, in time order. */
  get all(): readonly RowSegment[] {
    return this.segments;
  }

  /** The segment that holds a timestamp, as far as known. */
  find(timestamp: Micros): RowSegment | undefined {
    const recent = this.recent;
    if (recent !== undefined && timestamp >= recent.start && timestamp < recent.end) return recent;
    const found = this.segments[upperBound(this.segments, timestamp) - 1];
    if (found === undefined || timestamp >= found.end) return undefined;
    this.recent = found;
    return found;
  }

  async refresh(): Promise<void> {
    const { rows } = await this.pool.query<RowSegmentRow>(ROW_SEGMENTS_SQL);
    this.replace(rows.map(toRowSegment));
  }

  replace(segments: readonly RowSegment[]): void {
    this.segments = segments;
    this.recent = undefined;
  }
}
