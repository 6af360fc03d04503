import type { LogHit } from '../api/log-hit.ts';
import type { RowSource } from '../results/row-source.ts';

export const TAIL_ROWS_KEPT = 5_000;

/**
 * The rows of the live tail, the last arrived first, at most `TAIL_ROWS_KEPT`. While it is held (paused, or
 * scrolled away from the top) new rows wait, so that what is being read does not move.
 */
export class TailFeed implements RowSource {
  #rows: LogHit[] = [];
  #waiting: LogHit[] = [];
  #held = false;
  #received = 0;

  /** Takes rows that arrived, oldest first; those known already (the resume of a stream) are left out. */
  add(hits: readonly LogHit[]): void {
    const known = new Set([...this.#rows.slice(0, 1_000), ...this.#waiting].map((hit) => hit.id));
    const fresh = hits.filter((hit) => !known.has(hit.id));
    this.#received += fresh.length;
    this.#waiting.push(...fresh);
    if (this.#waiting.length > TAIL_ROWS_KEPT)
      this.#waiting.splice(0, this.#waiting.length - TAIL_ROWS_KEPT);
    if (!this.#held) this.#flush();
  }

  /** Puts stored rows (newest first) under those that arrived, so that the tail does not begin empty. */
  prime(hits: readonly LogHit[]): void {
    const known = new Set([...this.#rows, ...this.#waiting].map((hit) => hit.id));
    const older = hits.filter((hit) => !known.has(hit.id));
    this.#rows = [...this.#rows, ...older].slice(0, TAIL_ROWS_KEPT);
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#flush();
  }

  clear(): void {
    this.#rows = [];
    this.#waiting = [];
    this.#received = 0;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Rows that wait for `release`. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Rows that arrived since the tail began, also those no longer kept. */
  get received(): number {
    return this.#received;
  }

  total(): number {
    return this.#rows.length;
  }

  row(position: number): LogHit | undefined {
    return this.#rows[position];
  }

  positionOf(id: string): number {
    return this.#rows.findIndex((hit) => hit.id === id);
  }

  show(): void {
    // Every row of the tail is in memory.
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    this.#rows = [...this.#waiting.toReversed(), ...this.#rows].slice(0, TAIL_ROWS_KEPT);
    this.#waiting = [];
  }
}
