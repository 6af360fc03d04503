import type { LogHit } from '../api/log-hit.ts';
import type { RowSource } from '../results/row-source.ts';
import { mergeNewestFirst, newestFirst } from './newest-first.ts';

export const TAIL_ROWS_KEPT = 5_000;

/**
 * The rows of the live tail in the order of a search, at most `TAIL_ROWS_KEPT`: what arrives late goes where it belongs.
 * While it is held (paused, or scrolled away from the top) new rows wait, so that what is being read does not move.
 */
export class TailFeed implements RowSource {
  #rows: LogHit[] = [];
  #waiting: LogHit[] = [];
  /** Ids of all rows, also of those that wait. */
  readonly #known = new Set<string>();
  #held = false;
  #received = 0;
  #taken = 0;

  /** Takes rows that arrived; those known already (the resume of a stream) are left out. */
  add(hits: readonly LogHit[]): void {
    const fresh = this.#unknown(hits);
    this.#received += fresh.length;
    this.#waiting = this.#bounded(mergeNewestFirst(this.#waiting, fresh));
    if (!this.#held) this.#flush();
  }

  /** Puts stored rows among those that arrived, so that the tail does not begin empty. */
  prime(hits: readonly LogHit[]): void {
    const stored = this.#unknown(hits);
    if (this.#held) this.#waiting = this.#bounded(mergeNewestFirst(this.#waiting, stored));
    else this.#rows = this.#bounded(mergeNewestFirst(this.#rows, stored));
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
    this.#known.clear();
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

  /** Grows with every row, the stored ones too, over all tails. */
  get taken(): number {
    return this.#taken;
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
    this.#rows = this.#bounded(mergeNewestFirst(this.#rows, this.#waiting));
    this.#waiting = [];
  }

  /** In order; each is known from now on. */
  #unknown(hits: readonly LogHit[]): LogHit[] {
    const fresh: LogHit[] = [];
    for (const hit of hits) {
      if (this.#known.has(hit.id)) continue;
      this.#known.add(hit.id);
      fresh.push(hit);
    }
    this.#taken += fresh.length;
    return fresh.sort(newestFirst);
  }

  #bounded(rows: LogHit[]): LogHit[] {
    for (const { id } of rows.splice(TAIL_ROWS_KEPT)) this.#known.delete(id);
    return rows;
  }
}
