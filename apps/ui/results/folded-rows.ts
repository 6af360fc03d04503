import type { LogHit } from '../api/log-hit.ts';
import type { RowSource } from './row-source.ts';

interface Folded {
  readonly hit: LogHit;
  readonly key: string;
  /** Position of the first of them in what is folded. */
  readonly start: number;
  count: number;
}

/** Events read at once ahead of what is shown. */
const AHEAD = 200;
/** Beyond these many rows every event is a row again: the folded ones are kept in memory. */
export const MOST_FOLDED = 50_000;

/**
 * Neighbours with the same key as one row. What is folded is read from its beginning, as far as somebody looks, so
 * the number of rows is known only at the end.
 */
export class FoldedRows implements RowSource {
  readonly #rows: RowSource;
  readonly #key: (hit: LogHit) => string;
  readonly #folded: Folded[] = [];
  /** Events read so far. */
  #read = 0;

  constructor(rows: RowSource, key: (hit: LogHit) => string) {
    this.#rows = rows;
    this.#key = key;
  }

  total(): number {
    this.#advance();
    const left = this.#rows.total() - this.#read;
    return this.#folded.length + Math.min(Math.max(0, left), this.#full ? left : AHEAD);
  }

  row(position: number): LogHit | undefined {
    this.#advance();
    return this.#folded[position]?.hit ?? this.#unfolded(position);
  }

  repeats(position: number): number {
    return this.#folded[position]?.count ?? 1;
  }

  positionOf(id: string): number {
    const position = this.#rows.positionOf(id);
    if (position === -1) return -1;
    return this.#folded.findLastIndex(({ start }) => start <= position);
  }

  show(first: number, last: number): void {
    this.#advance();
    const shown = this.#folded[first];
    if (last < this.#folded.length && shown !== undefined) return;
    const behind = Math.max(0, first - this.#folded.length);
    if (this.#full) this.#rows.show(this.#read + behind, this.#read + behind + (last - first));
    else this.#rows.show(this.#read, this.#read + AHEAD);
  }

  get #full(): boolean {
    return this.#folded.length >= MOST_FOLDED;
  }

  #unfolded(position: number): LogHit | undefined {
    if (!this.#full) return undefined;
    return this.#rows.row(this.#read + position - this.#folded.length);
  }

  #advance(): void {
    while (!this.#full) {
      const hit = this.#rows.row(this.#read);
      if (hit === undefined) return;
      const key = this.#key(hit);
      const last = this.#folded.at(-1);
      if (last?.key === key) last.count += 1;
      else this.#folded.push({ hit, key, start: this.#read, count: 1 });
      this.#read += 1;
    }
  }
}
