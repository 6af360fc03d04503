import { describe, expect, it } from '@jest/globals';
import type { Batch } from '#event';
import { Unwritten } from './unwritten.ts';

const SECOND = 1_000_000;

describe('Unwritten', () => {
  const batch = (receivedAt: number): Batch => ({
    id: 'a',
    events: [],
    bytes: 1,
    receivedAt,
    bodyHash: null,
  });

  it('knows how much it holds and how old the oldest is', () => {
    let now = 100 * SECOND;
    const unwritten = new Unwritten(() => now);
    expect([unwritten.batches, unwritten.oldestSeconds]).toEqual([0, null]);
    const first = [batch(98 * SECOND), batch(97.5 * SECOND)];
    const second = [batch(99 * SECOND)];
    unwritten.taken(first);
    unwritten.taken(second);
    expect([unwritten.batches, unwritten.oldestSeconds]).toEqual([3, 2.5]);
    unwritten.written(first);
    expect([unwritten.batches, unwritten.oldestSeconds]).toEqual([1, 1]);
    now = 98 * SECOND;
    expect(unwritten.oldestSeconds).toBe(0);
  });

  it('goes on with the age of what it gave back until it writes again', () => {
    let now = 10 * SECOND;
    const unwritten = new Unwritten(() => now);
    const group = [batch(8 * SECOND)];
    unwritten.taken(group);
    unwritten.returned(group);
    now = 40 * SECOND;
    expect([unwritten.batches, unwritten.oldestSeconds]).toEqual([0, 32]);
    unwritten.taken(group);
    unwritten.written(group);
    expect([unwritten.batches, unwritten.oldestSeconds]).toEqual([0, null]);
  });
});
