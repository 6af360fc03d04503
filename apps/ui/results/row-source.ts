import type { LogHit } from '../api/log-hit.ts';

/** Rows by position, newest at 0. Reading is at once; what is missing is fetched after `show`. */
export interface RowSource {
  /** How many rows the list has, as far as known now. */
  total(): number;
  /** The row, or undefined while it is not loaded. */
  row(position: number): LogHit | undefined;
  /** How many events the row stands for; absent: each row is one. */
  repeats?(position: number): number;
  /** The position of a loaded event; -1 when it is not in memory. */
  positionOf(id: string): number;
  /** Says which positions are on the screen, inclusive. */
  show(first: number, last: number): void;
}
