import { describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import { FoldedRows } from './folded-rows.ts';
import type { RowSource } from './row-source.ts';

/** Rows of which a page at a time is loaded. */
class LoadingRows implements RowSource {
  readonly hits: readonly LogHit[];
  loaded = 0;

  constructor(messages: readonly string[]) {
    this.hits = messages.map((message, at) => ({
      id: `1-${at.toString()}`,
      timestamp: '2023-09-15T08:00:00.000000Z',
      level: 'info',
      message,
    }));
  }

  total(): number {
    return this.hits.length;
  }

  row(position: number): LogHit | undefined {
    return position < this.loaded ? this.hits[position] : undefined;
  }

  positionOf(id: string): number {
    return this.hits.slice(0, this.loaded).findIndex((hit) => hit.id === id);
  }

  show(_first: number, last: number): void {
    this.loaded = Math.max(this.loaded, Math.min(last + 1, this.hits.length));
  }
}

describe('folded rows', () => {
  const read = (rows: FoldedRows): string[] =>
    Array.from({ length: rows.total() }, (_, at) => {
      const message = rows.row(at)?.message ?? '';
      return `${message} ${rows.repeats(at).toString()}`;
    });

  it('are one for neighbours with the same key', () => {
    const source = new LoadingRows(['a', 'a', 'b', 'a', 'a', 'a']);
    const rows = new FoldedRows(source, (hit) => hit.message);
    rows.show(0, 5);
    expect(read(rows)).toEqual(['a 2', 'b 1', 'a 3']);
    expect(rows.positionOf('1-4')).toBe(2);
    expect(rows.positionOf('1-9')).toBe(-1);
  });

  it('are read on as far as somebody looks', () => {
    const messages = Array.from({ length: 1_000 }, (_, at) => Math.floor(at / 10).toString());
    const source = new LoadingRows(messages);
    const rows = new FoldedRows(source, (hit) => hit.message);
    rows.show(0, 9);
    expect(source.loaded).toBeLessThan(300);
    for (let total = 0; total !== rows.total();) {
      total = rows.total();
      rows.show(total - 1, total - 1);
    }
    expect(read(rows)).toEqual(Array.from({ length: 100 }, (_, at) => `${at.toString()} 10`));
  });
});
