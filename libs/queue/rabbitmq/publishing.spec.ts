import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { freePort } from '../../../test/support/free-port.mjs';
import { sharedBroker } from '../../../test/support/rabbitmq.ts';
import { rabbitmq, suite } from '../../../test/support/requirement.ts';
import { TcpProxy } from '../../../test/support/tcp-proxy.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { PublishOutcome } from '../log-queue.ts';
import { DeliveryLog, makeBatch } from '../testing/batches.ts';
import { RabbitQueues, type ObservedQueue } from '../testing/rabbit-queues.ts';
import type { Compression } from './settings.ts';

const never = new AbortController().signal;
const IN_GROUPS = { maxBatches: 100, maxBytes: 1 << 20, concurrency: 1 };
const DURABLE: PublishOutcome = { kind: 'durable' };

suite('publishing into RabbitMQ', rabbitmq, () => {
  let broker: string;
  let queues: RabbitQueues;

  beforeAll(async () => {
    broker = await sharedBroker();
    queues = new RabbitQueues(broker);
  }, 120_000);
  afterAll(() => queues.close());

  const becomesReady = ({ queue }: ObservedQueue): Promise<void> =>
    waitUntil('batches are taken', () => queue.readiness('publishing') === null);

  describe('into a fresh queue', () => {
    const SETTLE_MS = 500;

    it('takes nothing before the queue is settled, which other processes are told', async () => {
      const prefix = queues.newPrefix();
      const begun = performance.now();
      const first = await queues.open({ prefix, settleMs: SETTLE_MS });
      expect(first.queue.readiness('publishing')).toBe('the queues were declared a moment ago');
      expect(await first.queue.publish(makeBatch(1), never)).toMatchObject({
        kind: 'overloaded',
        reason: 'the queues were declared a moment ago',
      });
      await becomesReady(first);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(SETTLE_MS);
      expect(await first.queue.publish(makeBatch(2), never)).toEqual(DURABLE);
      await waitUntil('another process need not wait', async () => {
        const { queue } = await queues.open({ prefix, settleMs: 600_000 });
        return queue.readiness('publishing') === null;
      });
    });

    it('waits also where another process declared the queue a moment ago', async () => {
      const prefix = queues.newPrefix();
      await queues.open({ prefix, settleMs: 600_000 });
      const second = await queues.open({ prefix, settleMs: 600_000 });
      expect(second.queue.readiness('publishing')).toBe('the queues were declared a moment ago');
    });
  });

  it('waits anew for a queue that was declared in the place of a settled one', async () => {
    const prefix = queues.newPrefix();
    const isSettled = async (): Promise<boolean> => {
      const { queue } = await queues.open({ prefix, settleMs: 600_000 });
      return queue.readiness('publishing') === null;
    };
    const { queue: first } = await queues.open({ prefix, settleMs: 10 });
    await waitUntil('the queue is settled', isSettled);
    await first.close(0);
    await deleteQueue(`${prefix}.batches.0`);
    expect(await isSettled()).toBe(false);
    expect(await isSettled()).toBe(false);
  });

  it.each<Compression>(['none', 'gzip', 'zstd'])(
    'delivers what was sent with the compression %s',
    async (compression) => {
      const { queue } = await queues.open({ compression });
      const batch = { ...makeBatch(1, 50), bodyHash: 'ab'.repeat(32) };
      expect(await queue.publish(batch, never)).toEqual(DURABLE);
      const log = new DeliveryLog();
      await queue.consume(log.handler('stored'), IN_GROUPS);
      await log.deliveries(1);
      expect(log.seen).toEqual([{ batch, attempt: 1 }]);
    },
  );

  it('shares the load among shards, and consumes them all', async () => {
    const prefix = queues.newPrefix();
    const { queue } = await queues.open({ prefix, shards: 3 });
    const batches = Array.from({ length: 30 }, (_, i) => makeBatch(i));
    const outcomes = await Promise.all(batches.map((batch) => queue.publish(batch, never)));
    expect(outcomes).toEqual(batches.map(() => DURABLE));
    expect(await readyIn(`${prefix}.batches.1`)).toBe(10);
    expect(await queue.depth()).toMatchObject({ ready: 30 });
    const log = new DeliveryLog();
    await queue.consume(log.handler('stored'), IN_GROUPS);
    await log.deliveries(30);
    expect(log.ids().sort()).toEqual(batches.map(({ id }) => id));
  });

  it('says of a full queue that it is full, and takes batches again once it is emptied', async () => {
    const { queue } = await queues.open({ maxQueueBytes: 5_000 });
    let taken = 0;
    let outcome: PublishOutcome;
    do outcome = await queue.publish(makeBatch(taken), never);
    while (outcome.kind === 'durable' && ++taken < 1_000);
    expect(outcome).toMatchObject({ kind: 'overloaded', full: true });
    expect(taken).toBeGreaterThan(0);
    const log = new DeliveryLog();
    await queue.consume(log.handler('stored'), IN_GROUPS);
    await log.deliveries(taken);
    await waitUntil(
      'there is room',
      async () => (await queue.publish(makeBatch(1_001), never)).kind === 'durable',
    );
    await log.deliveries(taken + 1);
    expect(log.ids().slice(0, taken)).toEqual(
      Array.from({ length: taken }, (_, i) => makeBatch(i).id),
    );
  });

  it('declares a queue again that was deleted', async () => {
    const prefix = queues.newPrefix();
    const observed = await queues.open({ prefix });
    const { queue } = observed;
    await deleteQueue(`${prefix}.batches.0`);
    const outcome = await queue.publish(makeBatch(1), never);
    expect(outcome).toMatchObject({
      kind: 'overloaded',
      reason: `the queue ${prefix}.batches.0 is missing`,
    });
    await waitUntil(
      'the queue is there again',
      async () => (await queue.publish(makeBatch(2), never)).kind === 'durable',
    );
  });

  it.each([
    ['the password', (url: URL) => (url.password = 'wrong'), 'credentials'],
    ['the virtual host', (url: URL) => (url.pathname = '/nowhere'), 'virtual-host'],
  ])('ends with one sentence when the broker refuses %s', async (_what, change, code) => {
    const url = new URL(broker);
    change(url);
    await expect(queues.open({ url: url.href })).rejects.toMatchObject({
      name: 'QueueRefusedError',
      code,
      permanent: true,
      message: expect.stringMatching(/^RabbitMQ .*\.$/),
    });
  });

  it('takes a user name and a password that are not in the URL', async () => {
    const url = new URL(broker);
    const { username, password } = url;
    url.username = 'nobody';
    url.password = 'wrong';
    const { queue } = await queues.open({
      url: url.href,
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
    });
    expect(await queue.publish(makeBatch(1), never)).toEqual(DURABLE);
  });

  describe('over a connection that breaks', () => {
    let proxy: TcpProxy;
    let target: number;
    let prefix: string;
    let observed: ObservedQueue;

    beforeEach(async () => {
      target = Number(new URL(broker).port);
      proxy = await TcpProxy.listen(target);
      prefix = queues.newPrefix();
      observed = await queues.open({ prefix, url: proxy.through(broker) });
    });
    afterEach(async () => {
      await observed.queue.close(0);
      await proxy.close();
    });

    it('sends again what was not confirmed, while its senders wait', async () => {
      const { queue, metric } = observed;
      const batches = Array.from({ length: 50 }, (_, i) => makeBatch(i));
      proxy.lose('answers');
      const outcomes = Promise.all(batches.map((batch) => queue.publish(batch, never)));
      await waitUntil(
        'the broker has them',
        async () => (await readyIn(`${prefix}.batches.0`)) === 50,
      );
      proxy.lose(null);
      proxy.reset();
      expect(await outcomes).toEqual(batches.map(() => DURABLE));
      expect(await metric('penstock_queue_republished_batches_total')).toBe(50);
      const log = new DeliveryLog();
      await queue.consume(log.handler('stored'), IN_GROUPS);
      await log.deliveries(100);
      expect(log.ids().sort()).toEqual(batches.flatMap(({ id }) => [id, id]));
    });

    it('refuses while there is none, and forgets what nobody waits for', async () => {
      const { queue, metric } = observed;
      const controller = new AbortController();
      proxy.lose('answers');
      const outcome = queue.publish(makeBatch(1), controller.signal);
      proxy.targetPort = await freePort();
      proxy.reset();
      await waitUntil('the loss is noticed', () => queue.readiness('publishing') !== null);
      controller.abort();
      expect(await outcome).toMatchObject({ kind: 'unknown' });
      expect(await queue.publish(makeBatch(2), never)).toMatchObject({
        kind: 'overloaded',
        retryAfterMs: expect.any(Number),
        reason: expect.stringContaining('not connected to RabbitMQ'),
      });
      expect(await queue.publish(makeBatch(2), never)).not.toHaveProperty('full');
      proxy.lose(null);
      proxy.targetPort = target;
      await becomesReady(observed);
      expect(await queue.publish(makeBatch(3), never)).toEqual(DURABLE);
      expect(await metric('penstock_queue_republished_batches_total')).toBe(0);
      expect(await metric('penstock_queue_in_flight_batches')).toBe(0);
    });

    it('answers `unknown` at its end for what was not confirmed', async () => {
      proxy.stall();
      const outcome = observed.queue.publish(makeBatch(1), never);
      await observed.queue.close(50);
      expect(await outcome).toMatchObject({ kind: 'unknown' });
    });
  });

  async function readyIn(queue: string): Promise<number> {
    const model = await connect(broker);
    try {
      return (await (await model.createChannel()).checkQueue(queue)).messageCount;
    } finally {
      await model.close();
    }
  }

  async function deleteQueue(queue: string): Promise<void> {
    const model = await connect(broker);
    await (await model.createChannel()).deleteQueue(queue);
    await model.close();
  }
});
