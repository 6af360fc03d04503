import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type ConfirmChannel } from 'amqplib';
import { LIMITS } from '#event';
import { sharedBroker } from '../../../test/support/rabbitmq.ts';
import { rabbitmq, suite } from '../../../test/support/requirement.ts';
import { TcpProxy } from '../../../test/support/tcp-proxy.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { DeadLetter } from '../dead-letters.ts';
import type { BatchHandler, Delivery } from '../log-queue.ts';
import { DeliveryLog, makeBatch } from '../testing/batches.ts';
import { RabbitQueues, type ObservedQueue } from '../testing/rabbit-queues.ts';

const never = new AbortController().signal;
const ONE_BY_ONE = { maxBatches: 1, maxBytes: 1 << 20, concurrency: 1 };
const IN_GROUPS = { maxBatches: 100, maxBytes: 1 << 20, concurrency: 1 };
const DELIVERED = 'penstock_queue_delivered_batches_total';
const ACKNOWLEDGED = 'penstock_queue_acknowledged_batches_total';

suite('consuming from RabbitMQ', rabbitmq, () => {
  let broker: string;
  let queues: RabbitQueues;
  let prefix: string;

  beforeAll(async () => {
    broker = await sharedBroker();
    queues = new RabbitQueues(broker);
  }, 120_000);
  beforeEach(() => {
    prefix = queues.newPrefix();
  });
  afterAll(() => queues.close());

  const publish = async ({ queue }: ObservedQueue, count: number): Promise<void> => {
    for (let number = 0; number < count; number++) {
      expect(await queue.publish(makeBatch(number), never)).toEqual({ kind: 'durable' });
    }
  };

  const delivered = ({ metric }: ObservedQueue, count: number): Promise<void> =>
    waitUntil(`${count} deliveries`, async () => (await metric(DELIVERED)) >= count);

  it('holds no more batches than fit as the largest that there are, and acknowledges what overtook others too', async () => {
    const observed = await queues.open({ prefix, maxHeldBytes: 4 * LIMITS.eventBytes });
    const { queue, metric } = observed;
    await publish(observed, 10);
    const gates = new Map<string, PromiseWithResolvers<undefined>>();
    const handler: BatchHandler = async ([delivery]) => {
      const gate = Promise.withResolvers<undefined>();
      gates.set(delivery!.batch.id, gate);
      await gate.promise;
      return ['stored'];
    };
    await queue.consume(handler, { ...ONE_BY_ONE, concurrency: 3 });
    await waitUntil('three handlers run', () => gates.size === 3);
    await delivered(observed, 4);
    expect(await queue.depth()).toMatchObject({ ready: 7, unsettled: 3 });
    expect(await metric('penstock_queue_unacknowledged_batches')).toBe(4);
    // The second before the first.
    gates.get(makeBatch(1).id)!.resolve(undefined);
    await waitUntil('one acknowledgement', async () => (await metric(ACKNOWLEDGED)) === 1);
    await delivered(observed, 5);
    for (let settled = 0; settled < 10; settled = await metric(ACKNOWLEDGED)) {
      for (const gate of gates.values()) gate.resolve(undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await queue.close(0);
    const { queue: next } = await queues.open({ prefix });
    expect(await next.depth()).toEqual({ ready: 0, unsettled: 0, bytes: 0 });
  });

  it.each([1, 3])(
    'waits for no larger group where one of %d queues delivers no more before an acknowledgement',
    async (shards) => {
      const one = await queues.open({ prefix });
      const held = { maxHeldBytes: 2 * shards * LIMITS.eventBytes };
      const { queue } = await queues.open({ prefix, shards, ...held }, ['consuming']);
      // Into the first queue alone.
      await publish(one, 6);
      const log = new DeliveryLog();
      const forEver = { bytes: IN_GROUPS.maxBytes, ms: 600_000 };
      await queue.consume(log.handler('stored'), { ...IN_GROUPS, linger: forEver });
      await log.deliveries(6);
    },
  );

  it('waits no longer for a larger group with an empty message', async () => {
    const { queue, metric } = await queues.open({ prefix });
    await onBroker(async (channel) => {
      channel.sendToQueue(`${prefix}.batches.0`, Buffer.alloc(0));
      await channel.waitForConfirms();
    });
    const linger = { bytes: IN_GROUPS.maxBytes, ms: 1 };
    await queue.consume(new DeliveryLog().handler('stored'), { ...IN_GROUPS, linger });
    await waitUntil(
      'the message is refused',
      async () => (await metric('penstock_queue_undecodable_batches_total')) === 1,
    );
  });

  describe('while it is paused', () => {
    it('keeps for a while what it took, and goes on with it', async () => {
      const observed = await queues.open({ prefix, pauseHoldMs: 600_000 });
      const { queue, metric } = observed;
      await publish(observed, 3);
      const log = new DeliveryLog();
      const paused = Promise.withResolvers<undefined>();
      const consumption = await queue.consume(async (deliveries) => {
        log.add(deliveries);
        if (log.seen.length > 1) return ['stored'];
        await delivered(observed, 3);
        await consumption.pause();
        paused.resolve(undefined);
        throw new Error('the store is away');
      }, ONE_BY_ONE);
      await paused.promise;
      await consumption.resume();
      await log.deliveries(4);
      expect(attempts(log.seen)).toEqual([
        [0, 1],
        [0, 2],
        [1, 1],
        [2, 1],
      ]);
      expect(await metric(DELIVERED)).toBe(3);
    });

    it('gives everything back after that, once, and takes it again when it resumes', async () => {
      const observed = await queues.open({ prefix, pauseHoldMs: 50 });
      const { queue, metric } = observed;
      await publish(observed, 3);
      const log = new DeliveryLog();
      const paused = Promise.withResolvers<undefined>();
      const consumption = await queue.consume(async (deliveries) => {
        log.add(deliveries);
        if (log.seen.length > 1) return ['stored'];
        await delivered(observed, 3);
        await consumption.pause();
        paused.resolve(undefined);
        throw new Error('the store is away');
      }, ONE_BY_ONE);
      await paused.promise;
      const other = await queues.open({ prefix });
      await waitUntil(
        'the broker has them back',
        async () => (await other.queue.depth()).ready === 3,
      );
      expect(await metric('penstock_queue_unacknowledged_batches')).toBe(0);
      await consumption.pause();
      await consumption.resume();
      await log.deliveries(4);
      expect(attempts(log.seen)).toEqual([
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 2],
      ]);
    });

    it('stays paused over a new connection', async () => {
      const proxy = await TcpProxy.listen(Number(new URL(broker).port));
      const observed = await queues.open({ prefix, url: proxy.through(broker) });
      const { queue, log } = observed;
      const seen = new DeliveryLog();
      const consumption = await queue.consume(seen.handler('stored'), IN_GROUPS);
      await consumption.pause();
      proxy.reset();
      await waitUntil(
        'it is connected again',
        () => log.filter(({ event }) => event === 'queue.connected').length === 4,
      );
      await publish(observed, 1);
      expect(await queue.depth()).toMatchObject({ ready: 1 });
      await consumption.resume();
      await seen.deliveries(1);
      await queue.close(0);
      await proxy.close();
    });
  });

  describe('over a connection that breaks', () => {
    let proxy: TcpProxy;
    let observed: ObservedQueue;

    beforeEach(async () => {
      proxy = await TcpProxy.listen(Number(new URL(broker).port));
      observed = await queues.open({ prefix, url: proxy.through(broker), deliveryLimit: 2 });
    });
    afterEach(async () => {
      await observed.queue.close(0);
      await proxy.close();
    });

    it('acknowledges nothing that another channel delivered, and is given it again', async () => {
      const { queue, metric } = observed;
      await publish(observed, 2);
      const log = new DeliveryLog();
      const gate = Promise.withResolvers<undefined>();
      await queue.consume(async (deliveries) => {
        log.add(deliveries);
        if (deliveries[0]?.attempt === 1) await gate.promise;
        return deliveries.map(() => 'stored');
      }, ONE_BY_ONE);
      await log.deliveries(1);
      proxy.reset();
      // Numbers of deliveries begin anew on the new channel, so the old ones would hit others.
      await delivered(observed, 4);
      gate.resolve(undefined);
      await log.deliveries(3);
      expect(await metric('penstock_queue_stale_acknowledgements_total')).toBe(1);
      await waitUntil('both are settled', async () => (await metric(ACKNOWLEDGED)) === 2);
      expect(attempts(log.seen)).toEqual([
        [0, 1],
        [0, 2],
        [1, 2],
      ]);
    });

    it('finds what was delivered too often among the dead letters, whole', async () => {
      const { queue, metric } = observed;
      await publish(observed, 1);
      await queue.consume(() => new Promise<never>(() => undefined), {
        ...ONE_BY_ONE,
        concurrency: 10,
      });
      const letters: DeadLetter[] = [];
      const keep = (letter: DeadLetter): Promise<void> => {
        letters.push(letter);
        return letters.length === 1
          ? Promise.reject(new Error('quarantine is away'))
          : Promise.resolve();
      };
      for (let deliveries = 1; deliveries <= 3; deliveries++) {
        await delivered(observed, deliveries);
        proxy.reset();
      }
      let failure: unknown = null;
      await waitUntil('the dead letter', async () => {
        await queue.takeDeadLetters(keep).catch((error: unknown) => (failure = error));
        return letters.length === 1;
      });
      expect(failure).toMatchObject({ message: 'quarantine is away' });
      // The broker counts what it was given back a moment later.
      await waitUntil(
        'the dead letter, given back',
        async () => (await queue.takeDeadLetters(keep)) === 1,
      );
      expect(await queue.takeDeadLetters(keep)).toBe(0);
      expect(letters).toHaveLength(2);
      expect(letters[1]).toMatchObject({
        reason: 'delivery-limit',
        batch: makeBatch(0),
        batchId: makeBatch(0).id,
        events: 1,
      });
      expect(await metric(DELIVERED)).toBe(3);
    });
  });

  it('declares its queue again that was deleted, and goes on', async () => {
    const { queue, log } = await queues.open({ prefix }, ['consuming']);
    const seen = new DeliveryLog();
    await queue.consume(seen.handler('stored'), IN_GROUPS);
    await onBroker(async (channel) => {
      await channel.deleteQueue(`${prefix}.batches.0`);
    });
    await waitUntil(
      'it is connected again',
      () => log.filter(({ event }) => event === 'queue.connected').length === 2,
    );
    expect(log.map(({ event }) => event)).toContain('queue.consumer_cancelled');
    await publish(await queues.open({ prefix }), 1);
    await seen.deliveries(1);
  });

  it('shares the load with another consumer, each batch to one of them', async () => {
    const first = await queues.open({ prefix, maxHeldBytes: 5 * LIMITS.eventBytes });
    const second = await queues.open({ prefix, maxHeldBytes: 5 * LIMITS.eventBytes });
    const log = new DeliveryLog();
    const counts = [0, 0];
    for (const [at, { queue }] of [first, second].entries()) {
      await queue.consume((deliveries) => {
        counts[at]! += deliveries.length;
        return log.handler('stored')(deliveries, never);
      }, ONE_BY_ONE);
    }
    await publish(first, 60);
    await log.deliveries(60);
    expect(log.ids().sort()).toEqual(Array.from({ length: 60 }, (_, i) => makeBatch(i).id));
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  async function onBroker(call: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    const model = await connect(broker);
    await call(await model.createConfirmChannel());
    await model.close();
  }
});

/** Number of each batch, and which of its deliveries it was. */
function attempts(seen: readonly Delivery[]): [number, number][] {
  return seen.map(({ batch, attempt }) => [Number(batch.id.slice(-12)), attempt]);
}
