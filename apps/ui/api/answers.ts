import type { Level } from './log-hit.ts';

/** Messages that differ only in numbers and ids. */
export interface Pattern {
  /** With `<*>` for each variable part. */
  readonly template: string;
  readonly count: number;
  readonly levels: Readonly<Partial<Record<Level, number>>>;
  /** The newest of them. */
  readonly example: { readonly id: string; readonly message: string };
  /** RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** By slot of time, the same slots for every pattern. */
  readonly counts: readonly number[];
}

export interface PatternsAnswer {
  /** Most frequent first. */
  readonly patterns: readonly Pattern[];
  /** Events that were read. */
  readonly events: number;
  readonly templates: number;
  readonly others: number;
  /** The time budget was reached: the newest events are counted. */
  readonly partial: boolean;
}

export interface FieldStatistics {
  readonly field: string;
  readonly events: number;
  readonly present: number;
  readonly distinct: number;
  readonly numbers: {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
  } | null;
  readonly partial: boolean;
}
