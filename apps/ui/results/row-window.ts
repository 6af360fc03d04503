import type { LogHit } from '../api/log-hit.ts';
import { PositionMap, type CountedBucket } from './position-map.ts';
import type { RowSource } from './row-source.ts';

export interface RowPageRequest {
  /** Epoch ms, exclusive; null is the end of the search's own range. */
  readonly to: number | null;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface RowPage {
  readonly hits: readonly LogHit[];
  readonly nextCursor: string | null;
  readonly partial: boolean;
}

export interface CountedRange {
  readonly widthMs: number;
  /** Oldest first. */
  readonly buckets: readonly CountedBucket[];
  readonly partial: boolean;
}

/** What a window reads from, and whom it tells. */
export interface RowReader {
  page(request: RowPageRequest): Promise<RowPage>;
  histogram(fromMs: number, toMs: number): Promise<CountedRange>;
  changed(): void;
  failed(error: unknown): void;
}

interface Checkpoint {
  readonly position: number;
  readonly to: number | null;
  readonly cursor: string | null;
}

interface Page {
  readonly start: number;
  readonly hits: readonly LogHit[];
}

export const PAGE_ROWS = 200;
export const PAGES_KEPT = 20;
const SKIP_ROWS = 2_000;
/** Each divides a stretch by about 100: eight lead from centuries to a second. */
const MOST_HISTOGRAMS = 8;

/**
 * A sliding window over the rows of one search: at most `PAGES_KEPT` pages are in memory; every place a page
 * once began is remembered with its cursor, and what was dropped is fetched again from there. Places that
 * were never reached are found by histogram (see `PositionMap`).
 */
export class RowWindow implements RowSource {
  readonly #reader: RowReader;
  readonly #checkpoints: Checkpoint[] = [{ position: 0, to: null, cursor: null }];
  readonly #map = new PositionMap();
  #pages: Page[] = [];
  /** Number of rows by histogram; null while unknown or not exact. */
  #expected: number | null = null;
  /** Number of rows, once the last page was seen. */
  #end: number | null = null;
  /** Where a page ran out of its time budget; reading goes on from there when asked. */
  #stopped: number | null = null;
  #reached = 0;
  #wanted = { first: 0, last: PAGE_ROWS - 1 };
  #busy = false;
  #failed = false;

  constructor(reader: RowReader) {
    this.#reader = reader;
  }

  total(): number {
    if (this.#end !== null) return this.#end;
    if (this.#stopped !== null) return this.#stopped;
    const next = this.#reached === 0 ? 0 : this.#reached + PAGE_ROWS;
    return this.#expected === null ? next : Math.max(this.#expected, this.#reached);
  }

  /** Whether `total` is the number of all rows, rather than of those seen so far. */
  get complete(): boolean {
    return this.#end !== null || (this.#expected !== null && this.#stopped === null);
  }

  /** Rows were left out because a page ran out of its time budget. */
  get stopped(): boolean {
    return this.#stopped !== null;
  }

  get loaded(): number {
    return this.#reached;
  }

  row(position: number): LogHit | undefined {
    for (const page of this.#pages) {
      const at = position - page.start;
      if (at >= 0 && at < page.hits.length) return page.hits[at];
    }
    return undefined;
  }

  /** The position of a loaded event; -1 when it is not in memory. */
  positionOf(id: string): number {
    for (const page of this.#pages) {
      const at = page.hits.findIndex((hit) => hit.id === id);
      if (at !== -1) return page.start + at;
    }
    return -1;
  }

  /** Takes the first page, which the search itself has fetched. */
  begin(page: RowPage): void {
    this.#accept({ position: 0, to: null, cursor: null }, page, PAGE_ROWS);
  }

  /** Takes the histogram of the whole search. */
  learn(range: CountedRange): void {
    if (range.partial) return;
    this.#expected = range.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    this.#map.add(range.buckets, range.widthMs, 0);
    this.#reader.changed();
  }

  show(first: number, last: number): void {
    this.#wanted = { first, last };
    this.#failed = false;
    void this.#pump();
  }

  /** Goes on after the time budget was reached, or after a failure. */
  resume(): void {
    this.#stopped = null;
    this.#failed = false;
    this.#wanted = { first: this.#reached, last: this.#reached };
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let gap = this.#gap(); gap !== null && !this.#failed; gap = this.#gap()) {
        await this.#fill(gap);
        this.#reader.changed();
      }
    } catch (error) {
      this.#failed = true;
      this.#reader.failed(error);
    } finally {
      this.#busy = false;
    }
  }

  /** The first position that is wanted and missing. */
  #gap(): number | null {
    const last = Math.min(this.#wanted.last, this.#last());
    for (let position = Math.max(0, this.#wanted.first); position <= last; position++) {
      if (this.row(position) === undefined) return position;
    }
    return null;
  }

  /** After a pause nothing is known to follow, yet a resumed reading begins exactly there. */
  #last(): number {
    return this.#end === null && this.#stopped === null
      ? Math.max(this.total() - 1, this.#reached)
      : this.total() - 1;
  }

  async #fill(position: number): Promise<void> {
    let start = this.#checkpointBefore(position);
    if (position - start.position >= 2 * PAGE_ROWS && (await this.#refine(position))) {
      start = this.#checkpointBefore(position);
    }
    const gap = position - start.position;
    const limit = gap < PAGE_ROWS ? PAGE_ROWS : Math.min(gap + PAGE_ROWS, SKIP_ROWS);
    const page = await this.#reader.page({ to: start.to, cursor: start.cursor, limit });
    this.#accept(start, page, limit);
  }

  #accept(start: Checkpoint, page: RowPage, limit: number): void {
    const end = start.position + page.hits.length;
    this.#reached = Math.max(this.#reached, end);
    this.#keep({ start: start.position, hits: page.hits });
    if (page.nextCursor === null) {
      this.#end = end;
      return;
    }
    this.#remember({ position: end, to: start.to, cursor: page.nextCursor });
    if (page.partial && page.hits.length < limit) this.#stopped = end;
  }

  /** Narrows the stretch around a position by a histogram of its own, until it is a few pages wide. */
  async #refine(position: number): Promise<boolean> {
    for (let round = 0; round < MOST_HISTOGRAMS; round++) {
      const stretch = this.#map.divisible(position, 2 * PAGE_ROWS);
      if (stretch === null) break;
      const { newer, older } = stretch;
      const bounds = { from: older.latest, to: newer.earliest };
      const finer = await this.#reader.histogram(bounds.from, bounds.to);
      const added = this.#map.add(finer.buckets, finer.widthMs, newer.position, bounds);
      if (finer.partial || added === 0) this.#map.markIndivisible(newer);
    }
    const { newer } = this.#map.around(position);
    if (newer === null || newer.position <= this.#checkpointBefore(position).position) return false;
    this.#remember({ position: newer.position, to: newer.earliest, cursor: null });
    return true;
  }

  #checkpointBefore(position: number): Checkpoint {
    const found = this.#checkpoints.findLast((checkpoint) => checkpoint.position <= position);
    return found ?? { position: 0, to: null, cursor: null };
  }

  #remember(checkpoint: Checkpoint): void {
    const at = this.#checkpoints.findIndex((known) => known.position >= checkpoint.position);
    if (at === -1) this.#checkpoints.push(checkpoint);
    else if (this.#checkpoints[at]?.position !== checkpoint.position)
      this.#checkpoints.splice(at, 0, checkpoint);
  }

  #keep(page: Page): void {
    const others = this.#pages.filter((known) => known.start !== page.start);
    const middle = (this.#wanted.first + this.#wanted.last) / 2;
    const distance = (known: Page): number =>
      Math.abs(known.start + known.hits.length / 2 - middle);
    this.#pages = [...others, page].sort((a, b) => distance(a) - distance(b)).slice(0, PAGES_KEPT);
  }
}
