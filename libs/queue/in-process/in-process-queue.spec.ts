import { describe, expect, it } from '@jest/globals';
import { backoffMs } from '#retry';
import { describeLogQueue } from '../conformance.ts';
import { InProcessQueue } from './in-process-queue.ts';

describeLogQueue('in-process', {
  open: (bounds) =>
    Promise.resolve(new InProcessQueue({ ...bounds, backoff: { baseMs: 2, maxMs: 10 } })),
  durableBeforeHandling: false,
});

describe('InProcessQueue', () => {
  it('treats a handler that answers the wrong number of dispositions as failed', async () => {
    const queue = new InProcessQueue({ backoff: { baseMs: 1, maxMs: 1 } });
    const attempts: number[] = [];
    const batch = { id: 'a', events: [], bytes: 1, receivedAt: 0, bodyHash: null };
    const outcome = queue.publish(batch, new AbortController().signal);
    await queue.consume(
      (deliveries) => {
        attempts.push(...deliveries.map(({ attempt }) => attempt));
        return Promise.resolve(attempts.length === 1 ? [] : ['stored']);
      },
      { maxBatches: 10, maxBytes: 100, concurrency: 1 },
    );
    expect(await outcome).toEqual({ kind: 'durable' });
    expect(attempts).toEqual([1, 2]);
  });

  it('admits one batch of any size when it is empty', async () => {
    const queue = new InProcessQueue({ maxBytes: 10 });
    await queue.consume((deliveries) => Promise.resolve(deliveries.map(() => 'stored')), {
      maxBatches: 10,
      maxBytes: 10,
      concurrency: 1,
    });
    const batch = { id: 'a', events: [], bytes: 1_000, receivedAt: 0, bodyHash: null };
    expect(await queue.publish(batch, new AbortController().signal)).toEqual({ kind: 'durable' });
    expect(await queue.depth()).toEqual({ ready: 0, unsettled: 0, bytes: 0 });
  });
});

describe('backoffMs', () => {
  it.each([
    [1, 0, 50],
    [1, 0.999_999, 100],
    [3, 0, 200],
    [10, 0, 500],
    [10_000, 0.5, 750],
  ])('attempt %d with random %d waits about %d ms', (attempt, random, expected) => {
    const wait = backoffMs(attempt, { baseMs: 100, maxMs: 1_000 }, () => random);
    expect(wait).toBeCloseTo(expected, 2);
  });
});
