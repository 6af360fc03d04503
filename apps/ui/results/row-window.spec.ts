import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import {
  PAGES_KEPT,
  PAGE_ROWS,
  RowWindow,
  type CountedRange,
  type RowPage,
  type RowPageRequest,
} from './row-window.ts';

/** Newest first; row `n` of the result has the id `n`. */
class StoredRows {
  readonly #times: readonly number[];
  readonly requests: RowPageRequest[] = [];
  budget = Number.POSITIVE_INFINITY;
  failures = 0;

  constructor(times: readonly number[]) {
    this.#times = times;
  }

  page(request: RowPageRequest): RowPage {
    this.requests.push(request);
    if (this.failures-- > 0) throw new Error('no answer');
    const { to, cursor, limit } = request;
    const start =
      cursor === null
        ? this.#times.filter((time) => to !== null && time >= to).length
        : Number(cursor);
    const end = Math.min(start + Math.min(limit, this.budget), this.#times.length);
    const hits = Array.from({ length: end - start }, (_, at) => this.#hit(start + at));
    const partial = end - start < limit && end < this.#times.length;
    return { hits, nextCursor: end < this.#times.length ? String(end) : null, partial };
  }

  histogram(from: number, to: number): CountedRange {
    const widthMs = Math.max(1_000, Math.ceil((to - from) / 100 / 1_000) * 1_000);
    const counts = new Map<number, number>();
    for (const time of this.#times) {
      if (time < from || time >= to) continue;
      const start = Math.floor(time / widthMs) * widthMs;
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
    const buckets = [...counts].map(([start, count]) => ({ start, count })).reverse();
    return { widthMs, buckets, partial: false };
  }

  #hit(position: number): LogHit {
    const timestamp = new Date(this.#times[position] ?? 0).toISOString();
    return { id: String(position), timestamp, level: 'info', message: '' };
  }
}

class Session {
  readonly stored: StoredRows;
  readonly window: RowWindow;
  readonly failures: unknown[] = [];
  #changed: () => void = () => undefined;

  constructor(times: readonly number[]) {
    this.stored = new StoredRows(times);
    this.window = new RowWindow({
      page: (request) => Promise.resolve().then(() => this.stored.page(request)),
      histogram: (from, to) => Promise.resolve(this.stored.histogram(from, to)),
      changed: () => {
        this.#changed();
      },
      failed: (error) => {
        this.failures.push(error);
        this.#changed();
      },
    });
  }

  begin(): void {
    this.window.begin(this.stored.page({ to: null, cursor: null, limit: PAGE_ROWS }));
    this.stored.requests.length = 0;
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      this.#changed = () => {
        if (condition()) resolve();
      };
    });
  }

  async show(first: number, last: number): Promise<void> {
    this.window.show(first, last);
    await this.until(() => this.has(first, last));
  }

  has(first: number, last: number): boolean {
    for (let position = first; position <= last; position++) {
      if (this.window.row(position)?.id !== String(position)) return false;
    }
    return true;
  }
}

const HOUR = 3_600_000;
/** Two bursts with a gap of years between them. */
const times = (count: number): number[] =>
  Array.from({ length: count }, (_, at) =>
    at < count / 2 ? 20 * 365 * 24 * HOUR - at * 100 : 10 * 365 * 24 * HOUR - at * 100,
  );

describe('RowWindow', () => {
  let session: Session;

  beforeEach(() => {
    session = new Session(times(100_000));
    session.begin();
  });

  const learn = (): void => {
    session.window.learn(session.stored.histogram(0, 21 * 365 * 24 * HOUR));
  };

  it('goes on page by page while the number of rows is unknown', async () => {
    expect(session.window.total()).toBe(2 * PAGE_ROWS);
    expect(session.window.complete).toBe(false);
    await session.show(PAGE_ROWS, PAGE_ROWS + 40);
    expect(session.stored.requests).toEqual([
      { to: null, cursor: String(PAGE_ROWS), limit: PAGE_ROWS },
    ]);
    expect(session.window.total()).toBe(3 * PAGE_ROWS);
  });

  it('jumps into the middle and to the end by histogram, reading few rows', async () => {
    learn();
    expect(session.window.total()).toBe(100_000);
    await session.show(60_000, 60_040);
    await session.show(99_960, 99_999);
    await session.show(49_980, 50_020);
    const read = session.stored.requests.reduce((sum, request) => sum + request.limit, 0);
    expect(read).toBeLessThan(20 * PAGE_ROWS);
  });

  it('scrolls up from a place that was jumped to', async () => {
    learn();
    await session.show(60_000, 60_040);
    for (let first = 59_960; first > 58_000; first -= 40) await session.show(first, first + 40);
    expect(session.has(58_040, 58_060)).toBe(true);
  });

  it('keeps a bounded number of pages and reads dropped ones again', async () => {
    for (let first = 0; first < 10_000; first += 100) await session.show(first, first + 60);
    const kept = Array.from({ length: 10_000 }, (_, at) => at).filter(
      (position) => session.window.row(position) !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(PAGES_KEPT * PAGE_ROWS);
    expect(session.window.row(0)).toBeUndefined();
    session.stored.requests.length = 0;
    await session.show(0, 60);
    expect(session.stored.requests).toHaveLength(1);
  });

  it('skips through rows of one second, which no histogram divides', async () => {
    session = new Session(Array.from({ length: 20_000 }, () => HOUR));
    session.begin();
    session.window.learn(session.stored.histogram(0, 2 * HOUR));
    await session.show(15_000, 15_040);
    expect(session.stored.requests.length).toBeLessThan(20);
  });

  it('knows the end', async () => {
    session = new Session(times(250));
    session.begin();
    await session.show(200, 249);
    expect(session.window.total()).toBe(250);
    expect(session.window.complete).toBe(true);
  });

  it('stops where the time budget ends and goes on when asked', async () => {
    session = new Session(times(500));
    session.stored.budget = 120;
    session.begin();
    expect(session.window.stopped).toBe(true);
    expect(session.window.total()).toBe(120);
    session.window.show(0, 119);
    expect(session.stored.requests).toHaveLength(0);
    session.window.resume();
    await session.until(() => session.window.loaded === 240);
    expect(session.has(0, 239)).toBe(true);
    expect(session.window.stopped).toBe(true);
  });

  it('reports a failure once and tries again when rows are asked for', async () => {
    session.stored.failures = 1;
    session.window.show(PAGE_ROWS, PAGE_ROWS + 10);
    await session.until(() => session.failures.length === 1);
    await session.show(PAGE_ROWS, PAGE_ROWS + 10);
    expect(session.failures).toHaveLength(1);
  });

  it('finds the position of a loaded event', () => {
    expect(session.window.positionOf('17')).toBe(17);
    expect(session.window.positionOf('5000')).toBe(-1);
  });
});
