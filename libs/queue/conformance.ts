import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Batch } from '#event';
import type {
  BatchDisposition,
  ConsumeOptions,
  Delivery,
  LogQueue,
  PublishOutcome,
} from './log-queue.ts';
import { DeliveryLog, makeBatch } from './testing/batches.ts';

/** How the suite gets queues of an adapter, and what it may expect of it. */
export interface QueueUnderTest {
  /** An empty queue of its own that admits at most so much unsettled. */
  open(bounds: { readonly maxBatches: number; readonly maxBytes: number }): Promise<LogQueue>;
  /** True when a batch survives a crash before any handler has seen it (a broker). */
  readonly durableBeforeHandling: boolean;
}

const ONE_BY_ONE: ConsumeOptions = { maxBatches: 1, maxBytes: 1 << 20, concurrency: 1 };
const IN_GROUPS: ConsumeOptions = { maxBatches: 100, maxBytes: 1 << 20, concurrency: 1 };

/** The meaning of `LogQueue`: every adapter runs this suite. */
export function describeLogQueue(name: string, subject: QueueUnderTest): void {
  describe(`LogQueue: ${name}`, () => {
    let queue: LogQueue;
    const never = new AbortController().signal;
    const publish = (batch: Batch): Promise<PublishOutcome> => queue.publish(batch, never);

    beforeEach(async () => {
      queue = await subject.open({ maxBatches: 100, maxBytes: 1 << 20 });
    });
    afterEach(() => queue.close(0));

    it('acknowledges a batch as durable and delivers it as it was published', async () => {
      const log = new DeliveryLog();
      await queue.consume(log.handler('stored'), IN_GROUPS);
      const batch = makeBatch(1, 3);
      expect(await publish(batch)).toEqual({ kind: 'durable' });
      await log.deliveries(1);
      expect(log.seen).toEqual([{ batch, attempt: 1 }]);
    });

    it('does not call a batch durable before it is', async () => {
      const outcome = publish(makeBatch(1));
      if (subject.durableBeforeHandling) {
        expect(await outcome).toEqual({ kind: 'durable' });
      } else {
        const gate = Promise.withResolvers<undefined>();
        const log = new DeliveryLog();
        await queue.consume(async (deliveries) => {
          log.add(deliveries);
          await gate.promise;
          return deliveries.map(() => 'stored');
        }, IN_GROUPS);
        await log.deliveries(1);
        expect(await stateOf(outcome)).toBe('pending');
        gate.resolve(undefined);
        expect(await outcome).toEqual({ kind: 'durable' });
      }
    });

    it.each<[BatchDisposition, 'durable' | 'conflict']>([
      ['duplicate', 'durable'],
      ['quarantined', 'durable'],
      ['conflict', subject.durableBeforeHandling ? 'durable' : 'conflict'],
    ])('settles a batch that the handler calls %s', async (disposition, kind) => {
      const log = new DeliveryLog();
      await queue.consume(log.handler(disposition), IN_GROUPS);
      expect(await publish(makeBatch(1))).toEqual({ kind });
      await log.deliveries(1);
    });

    it('keeps the order within a batch and between the batches of a publisher', async () => {
      const log = new DeliveryLog();
      const batches = Array.from({ length: 50 }, (_, i) => makeBatch(i, 5));
      const outcomes = batches.map(publish);
      await queue.consume(log.handler('stored'), { ...IN_GROUPS, maxBatches: 7 });
      await Promise.all(outcomes);
      await log.deliveries(50);
      expect(log.seen.map(({ batch }) => batch)).toEqual(batches);
    });

    it('delivers again what a failed handler had, in order, and counts the attempts', async () => {
      const log = new DeliveryLog();
      let failures = 2;
      const batches = [makeBatch(1), makeBatch(2), makeBatch(3)];
      const outcomes = batches.map(publish);
      await queue.consume((deliveries) => {
        log.add(deliveries);
        if (failures-- > 0) return Promise.reject(new Error('the store is away'));
        return Promise.resolve(deliveries.map(() => 'stored'));
      }, ONE_BY_ONE);
      expect(await Promise.all(outcomes)).toEqual(batches.map(() => ({ kind: 'durable' })));
      await log.deliveries(5);
      expect(log.seen.map(({ batch, attempt }) => [batch.id, attempt])).toEqual([
        [batches[0]?.id, 1],
        [batches[0]?.id, 2],
        [batches[0]?.id, 3],
        [batches[1]?.id, 1],
        [batches[2]?.id, 1],
      ]);
    });

    it('hands over groups within the bounds, and a larger batch alone', async () => {
      const groups: (readonly Delivery[])[] = [];
      const log = new DeliveryLog();
      const sizes = [100, 100, 100, 100, 900, 100];
      const outcomes = sizes.map((bytes, i) => publish({ ...makeBatch(i), bytes }));
      await queue.consume(
        (deliveries) => {
          groups.push(deliveries);
          log.add(deliveries);
          return Promise.resolve(deliveries.map(() => 'stored'));
        },
        { maxBatches: 3, maxBytes: 250, concurrency: 1 },
      );
      await Promise.all(outcomes);
      await log.deliveries(sizes.length);
      for (const group of groups) {
        const bytes = group.reduce((sum, { batch }) => sum + batch.bytes, 0);
        expect(group.length === 1 || (group.length <= 3 && bytes <= 250)).toBe(true);
      }
    });

    it('runs at most `concurrency` handlers at once', async () => {
      let running = 0;
      let most = 0;
      const log = new DeliveryLog();
      const outcomes = Array.from({ length: 20 }, (_, i) => publish(makeBatch(i)));
      await queue.consume(
        async (deliveries) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          log.add(deliveries);
          return deliveries.map(() => 'stored');
        },
        { ...ONE_BY_ONE, concurrency: 2 },
      );
      await Promise.all(outcomes);
      await log.deliveries(20);
      expect(most).toBe(2);
    });

    it('refuses what exceeds its bounds, stores none of it, and recovers', async () => {
      await queue.close(0);
      queue = await subject.open({ maxBatches: 3, maxBytes: 1 << 20 });
      const batches = Array.from({ length: 10 }, (_, i) => makeBatch(i));
      const outcomes = batches.map(publish);
      const refused = await Promise.all(outcomes.slice(3));
      for (const outcome of refused) {
        expect(outcome).toMatchObject({ kind: 'overloaded', reason: expect.any(String) });
        expect(outcome.kind === 'overloaded' && outcome.retryAfterMs).toBeGreaterThan(0);
      }
      const log = new DeliveryLog();
      await queue.consume(log.handler('stored'), IN_GROUPS);
      await Promise.all(outcomes);
      await log.deliveries(3);
      expect(await publish(makeBatch(99))).toEqual({ kind: 'durable' });
      await log.deliveries(4);
      expect(log.ids()).toEqual([...batches.slice(0, 3), makeBatch(99)].map(({ id }) => id));
    });

    it('refuses by bytes too', async () => {
      await queue.close(0);
      queue = await subject.open({ maxBatches: 100, maxBytes: 1_000 });
      const admitted = publish({ ...makeBatch(1), bytes: 800 });
      expect(await publish({ ...makeBatch(2), bytes: 300 })).toMatchObject({ kind: 'overloaded' });
      await queue.consume(new DeliveryLog().handler('stored'), IN_GROUPS);
      expect(await admitted).toEqual({ kind: 'durable' });
    });

    it('delivers nothing while paused and everything after resuming', async () => {
      const log = new DeliveryLog();
      const consumption = await queue.consume(log.handler('stored'), IN_GROUPS);
      await consumption.pause();
      const outcomes = [publish(makeBatch(1)), publish(makeBatch(2))];
      if (subject.durableBeforeHandling) await Promise.all(outcomes);
      await new Promise((resolve) => setImmediate(resolve));
      expect(log.seen).toEqual([]);
      expect((await queue.depth()).ready).toBe(2);
      await consumption.resume();
      await Promise.all(outcomes);
      await log.deliveries(2);
      expect(log.ids()).toEqual([makeBatch(1).id, makeBatch(2).id]);
    });

    it('lets a handler pause its own consumption before it rejects', async () => {
      const log = new DeliveryLog();
      const paused = Promise.withResolvers<undefined>();
      const consumption = await queue.consume(async (deliveries) => {
        log.add(deliveries);
        if (log.seen.length > 1) return deliveries.map(() => 'stored');
        await consumption.pause();
        paused.resolve(undefined);
        throw new Error('the store is away');
      }, ONE_BY_ONE);
      const outcome = publish(makeBatch(1));
      await paused.promise;
      await consumption.resume();
      expect(await outcome).toEqual({ kind: 'durable' });
      await log.deliveries(2);
      expect(log.seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('answers `unknown` when the wait is aborted, and keeps the batch', async () => {
      const controller = new AbortController();
      const outcome = queue.publish(makeBatch(1), controller.signal);
      controller.abort();
      const kinds = subject.durableBeforeHandling ? ['unknown', 'durable'] : ['unknown'];
      expect(kinds).toContain((await outcome).kind);
      const log = new DeliveryLog();
      await queue.consume(log.handler('stored'), IN_GROUPS);
      await log.deliveries(1);
      expect(log.ids()).toEqual([makeBatch(1).id]);
    });

    it('gives back what a closed consumption has not taken', async () => {
      const first = new DeliveryLog();
      const consumption = await queue.consume(first.handler('stored'), ONE_BY_ONE);
      await consumption.close();
      const outcome = publish(makeBatch(1));
      const second = new DeliveryLog();
      await queue.consume(second.handler('stored'), ONE_BY_ONE);
      expect(await outcome).toEqual({ kind: 'durable' });
      await second.deliveries(1);
      expect(first.seen).toEqual([]);
    });

    it('closes after what it admitted is settled, and refuses from then on', async () => {
      const log = new DeliveryLog();
      const outcomes = [publish(makeBatch(1)), publish(makeBatch(2))];
      await queue.consume(log.handler('stored'), ONE_BY_ONE);
      const closed = queue.close(10_000);
      expect(await publish(makeBatch(3))).toMatchObject({ kind: 'overloaded' });
      await closed;
      expect(await Promise.all(outcomes)).toEqual([{ kind: 'durable' }, { kind: 'durable' }]);
    });

    it('closes at the deadline, tells running handlers to end, and leaves no publisher waiting', async () => {
      const started = Promise.withResolvers<AbortSignal>();
      const outcome = publish(makeBatch(1));
      await queue.consume((_, signal) => {
        started.resolve(signal);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      }, ONE_BY_ONE);
      const signal = await started.promise;
      await queue.close(20);
      expect(signal.aborted).toBe(true);
      expect((await outcome).kind).toBe(subject.durableBeforeHandling ? 'durable' : 'unknown');
    });
  });
}

async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'settled'> {
  const turn = new Promise<'pending'>((resolve) => {
    setImmediate(() => {
      resolve('pending');
    });
  });
  return await Promise.race([promise.then(() => 'settled' as const), turn]);
}
