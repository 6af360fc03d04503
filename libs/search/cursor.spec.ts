import { describe, expect, it } from '@jest/globals';
import { parseQuery } from '#query';
import { decodeCursor, encodeCursor, InvalidCursorError } from './cursor.ts';

const POSITION = { timestamp: 1_694_764_800_000_000, groupSeq: 812, ordinal: 17 };

function scope(query: string, order: 'asc' | 'desc' = 'desc', now = 0) {
  return { query: parseQuery(query, now), order };
}

describe('a cursor', () => {
  it.each(['', 'disk', '"disk full" level:error', 'service:(a OR b) -metadata.x:>3'])(
    'holds a position of %p',
    (query) => {
      const cursor = encodeCursor(POSITION, scope(query));
      expect(decodeCursor(cursor, scope(query))).toEqual(POSITION);
      expect(cursor).toMatch(/^[\w-]+$/);
    },
  );

  it.each([
    ['disk', 'full'],
    ['disk', ''],
    ['disk', 'disk level:error'],
    ['service:a', 'service:b'],
    ['disk', 'disk timestamp:>now'],
    ['disk full', 'disk OR full'],
  ])('of %p is none of %p', (query, other) => {
    const cursor = encodeCursor(POSITION, scope(query));
    expect(() => decodeCursor(cursor, scope(other))).toThrow(/another query/);
  });

  it('is none of the other order', () => {
    const cursor = encodeCursor(POSITION, scope('disk', 'asc'));
    expect(() => decodeCursor(cursor, scope('disk'))).toThrow(/the order asc/);
  });

  it('goes on where the same relative time is another one', () => {
    const cursor = encodeCursor(POSITION, scope('disk timestamp:>=now-1h', 'desc', 1_000));
    expect(decodeCursor(cursor, scope('disk timestamp:>=now-1h', 'desc', 9_000))).toEqual(POSITION);
  });

  it.each(['', 'x', 'MS5kZXNjLjEuMS4x', 'ü'])('is not %p', (text) => {
    expect(() => decodeCursor(text, scope(''))).toThrow(InvalidCursorError);
  });
});
