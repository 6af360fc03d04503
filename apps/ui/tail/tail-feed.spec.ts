import { describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import { TAIL_ROWS_KEPT, TailFeed } from './tail-feed.ts';

const hit = (n: number, second = 0): LogHit => ({
  id: `1-${n}`,
  timestamp: `2024-01-01T00:00:0${second}.000000Z`,
  level: 'info',
  message: '',
});
const hits = (from: number, to: number): LogHit[] =>
  Array.from({ length: to - from }, (_, at) => hit(from + at));

const idsOf = (feed: TailFeed): (string | undefined)[] =>
  Array.from({ length: feed.total() }, (_, at) => feed.row(at)?.id);

describe('TailFeed', () => {
  it('shows the newest first', () => {
    const feed = new TailFeed();
    feed.add(hits(0, 3));
    feed.add(hits(3, 5));
    expect(feed.total()).toBe(5);
    expect(feed.row(0)?.id).toBe('1-4');
    expect(feed.row(4)?.id).toBe('1-0');
  });

  it('holds new rows back and counts them', () => {
    const feed = new TailFeed();
    feed.add(hits(0, 2));
    feed.hold();
    feed.add(hits(2, 9));
    expect(feed.total()).toBe(2);
    expect(feed.waiting).toBe(7);
    feed.release();
    expect(feed.total()).toBe(9);
    expect(feed.waiting).toBe(0);
  });

  it('keeps a bounded number of rows, also while it is held', () => {
    const feed = new TailFeed();
    feed.add(hits(0, TAIL_ROWS_KEPT));
    feed.hold();
    feed.add(hits(TAIL_ROWS_KEPT, 3 * TAIL_ROWS_KEPT));
    expect(feed.waiting).toBe(TAIL_ROWS_KEPT);
    feed.release();
    expect(feed.total()).toBe(TAIL_ROWS_KEPT);
    expect(feed.row(0)?.id).toBe(`1-${3 * TAIL_ROWS_KEPT - 1}`);
    expect(feed.received).toBe(3 * TAIL_ROWS_KEPT);
  });

  it('takes an event once, whether stored before or sent again', () => {
    const feed = new TailFeed();
    feed.add(hits(5, 8));
    feed.prime(hits(0, 6).toReversed());
    feed.add(hits(6, 9));
    expect([feed.taken, feed.received]).toEqual([9, 4]);
    expect(idsOf(feed)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `1-${n}`));
  });

  it('puts what arrives late where a search has it', () => {
    const feed = new TailFeed();
    feed.prime([hit(0)]);
    feed.add([hit(12, 3), hit(11, 3)]);
    feed.add([hit(2, 2), hit(9, 3), hit(3, 4)]);
    expect(idsOf(feed)).toEqual(['1-3', '1-12', '1-11', '1-9', '1-2', '1-0']);
  });

  it('moves nothing while it is held, also not for stored rows', () => {
    const feed = new TailFeed();
    feed.add([hit(5, 5), hit(1, 1)]);
    feed.hold();
    feed.add([hit(3, 3)]);
    feed.prime([hit(4, 4), hit(1, 1)]);
    expect(idsOf(feed)).toEqual(['1-5', '1-1']);
    feed.release();
    expect(idsOf(feed)).toEqual(['1-5', '1-4', '1-3', '1-1']);
  });
});
