import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Batch } from '#event';
import { InProcessQueue, type PublishOutcome } from '#queue';
import { Telemetry } from '#telemetry';
import { consumeWith } from '../testing/consume-with.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { BatchWriter } from './batch-writer.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

describe('BatchWriter', () => {
  let store: MemoryStore;
  let queue: InProcessQueue;
  let writer: BatchWriter;
  let events: string[];
  let end: () => Promise<void>;

  beforeEach(async () => {
    store = new MemoryStore();
    events = [];
    queue = new InProcessQueue({ backoff: { baseMs: 60_000, maxMs: 60_000 } });
    writer = new BatchWriter({
      store,
      telemetry: new Telemetry(({ event }) => events.push(event)),
      settings: { probe: { baseMs: 1, maxMs: 3 } },
    });
    end = await consumeWith(writer, queue);
  });
  afterEach(async () => {
    await queue.close(0);
    await end();
  });

  const publish = (id: string): Promise<PublishOutcome> =>
    queue.publish(makeBatch(id), new AbortController().signal);

  it('commits what waits as one group', async () => {
    const outcomes = await Promise.all([publish('a'), publish('b'), publish('c')]);
    expect(outcomes).toEqual([{ kind: 'durable' }, { kind: 'durable' }, { kind: 'durable' }]);
    expect(store.commits.map((group) => group.map(({ id }) => id))).toEqual([['a', 'b', 'c']]);
  });

  it('settles a repeated id as durable, and one with another body as a conflict', async () => {
    await publish('a');
    expect(await publish('a')).toEqual({ kind: 'durable' });
    const other = { ...makeBatch('a'), bodyHash: 'ff' };
    expect(await queue.publish(other, new AbortController().signal)).toEqual({ kind: 'conflict' });
    expect(store.commits.flat()).toHaveLength(1);
  });

  it('keeps conflicting batches before it settles them, where nobody waits for its word', async () => {
    const kept: string[] = [];
    const keepingWriter = (isAway: boolean): BatchWriter =>
      new BatchWriter({
        store,
        telemetry: new Telemetry(() => undefined),
        conflicts: {
          add: ({ id }, reason) => {
            if (isAway) return Promise.reject(new Error('the quarantine is away'));
            kept.push(`${id} ${reason}`);
            return Promise.resolve();
          },
        },
      });
    const flow = {
      signal: new AbortController().signal,
      pause: () => Promise.resolve(),
      resume: () => Promise.resolve(),
    };
    await publish('a');
    const group = [makeBatch('b'), { ...makeBatch('a'), bodyHash: 'ff' }];
    const away = keepingWriter(true);
    await expect(away.write(group, flow)).rejects.toThrow('the quarantine is away');
    await away.close();
    expect(await keepingWriter(false).write(group, flow)).toEqual(['duplicate', 'conflict']);
    expect(kept).toEqual(['a idempotency-key-reused']);
  });

  it('holds while the store is away, does not try to commit, and resumes by itself', async () => {
    store.goAway();
    let commits = 0;
    const commit = store.commit.bind(store);
    store.commit = (batches) => {
      commits++;
      return commit(batches);
    };
    const outcome = publish('a');
    while (store.probes < 5) await turn();
    expect(writer.state).toBe('open');
    expect(commits).toBe(1);
    const later = publish('b');
    store.comeBack();
    // The queue's own backoff is a minute: resuming ends it.
    expect(await outcome).toEqual({ kind: 'durable' });
    expect(await later).toEqual({ kind: 'durable' });
    expect(writer.state).toBe('closed');
    expect(store.commits.flat().map(({ id }) => id)).toEqual(['a', 'b']);
    expect(events.filter((event) => event !== 'writer.probe_failed')).toEqual([
      'writer.group_returned',
      'writer.breaker_opened',
      'writer.breaker_closed',
    ]);
  });

  it('tries again after a failure that is no absence, and reports it as an error', async () => {
    store.goAway(new Error('column "x" does not exist'));
    const outcome = publish('a');
    while (!events.includes('writer.commit_failed')) await turn();
    store.comeBack();
    expect(await outcome).toEqual({ kind: 'durable' });
  });

  it('closes while the store is away', async () => {
    store.goAway();
    void publish('a');
    while (store.probes < 1) await turn();
    await end();
    const { probes } = store;
    await turn();
    expect(store.probes).toBe(probes);
  });

  it('waits for the commit that is under way when it closes', async () => {
    const release = store.hold();
    const outcome = publish('a');
    while ((await queue.depth()).ready > 0 || (await queue.depth()).unsettled === 0) await turn();
    let closed = false;
    const closing = end().then(() => (closed = true));
    await turn();
    expect(closed).toBe(false);
    release();
    await closing;
    expect(await outcome).toEqual({ kind: 'durable' });
  });
});

describe('CircuitBreaker', () => {
  it('goes from closed over open and half-open back to closed', () => {
    let now = 1_000;
    const breaker = new CircuitBreaker(
      { baseMs: 100, maxMs: 1_000 },
      () => 0.999_999,
      () => now,
    );
    expect(breaker.state).toBe('closed');
    expect(breaker.failed()).toBe(true);
    expect(breaker.failed()).toBe(false);
    expect(breaker.state).toBe('open');
    expect(breaker.retryDelayMs()).toBeCloseTo(200, 1);
    now += 500;
    expect(breaker.openForMs).toBe(500);
    breaker.probeSucceeded();
    expect(breaker.state).toBe('half-open');
    expect(breaker.failed()).toBe(true);
    expect(breaker.retryDelayMs()).toBeCloseTo(400, 1);
    breaker.probeSucceeded();
    expect(breaker.succeeded()).toBe(true);
    expect(breaker.succeeded()).toBe(false);
    expect([breaker.state, breaker.openForMs]).toEqual(['closed', 0]);
    expect(breaker.retryDelayMs()).toBeCloseTo(100, 1);
  });
});

function makeBatch(id: string): Batch {
  return { id, events: [], bytes: 100, receivedAt: 0, bodyHash: null };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
