import { describe, expect, it } from '@jest/globals';
import type { LogHit } from '../api/log-hit.ts';
import { TAIL_ROWS_KEPT, TailFeed } from './tail-feed.ts';

const hit = (n: number): LogHit => ({
  id: String(n),
  timestamp: '2024-01-01T00:00:00.000000Z',
  level: 'info',
  message: '',
});
const hits = (from: number, to: number): LogHit[] =>
  Array.from({ length: to - from }, (_, at) => hit(from + at));

describe('TailFeed', () => {
  it('shows the last arrived first', () => {
    const feed = new TailFeed();
    feed.add(hits(0, 3));
    feed.add(hits(3, 5));
    expect(feed.total()).toBe(5);
    expect(feed.row(0)?.id).toBe('4');
    expect(feed.row(4)?.id).toBe('0');
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
    expect(feed.row(0)?.id).toBe(String(3 * TAIL_ROWS_KEPT - 1));
    expect(feed.received).toBe(3 * TAIL_ROWS_KEPT);
  });

  it('takes an event once, whether stored before or sent again', () => {
    const feed = new TailFeed();
    feed.add(hits(5, 8));
    feed.prime(hits(0, 6).toReversed());
    feed.add(hits(6, 9));
    const ids = Array.from({ length: feed.total() }, (_, at) => feed.row(at)?.id);
    expect(ids).toEqual(['8', '7', '6', '5', '4', '3', '2', '1', '0']);
  });
});
