import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { connect, type ConfirmChannel, type Options } from 'amqplib';
import { sharedBroker } from '../../../test/support/rabbitmq.ts';
import { rabbitmq, suite } from '../../../test/support/requirement.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { DeadLetter } from '../dead-letters.ts';
import { DeliveryLog, makeBatch } from '../testing/batches.ts';
import { RabbitQueues } from '../testing/rabbit-queues.ts';
import { readKeptMessage } from './kept-message.ts';
import { encodeMessage } from './message.ts';
import type { RabbitQueue } from './rabbit-queue.ts';

const IN_GROUPS = { maxBatches: 100, maxBytes: 1 << 20, concurrency: 1 };

suite('dead letters of RabbitMQ', rabbitmq, () => {
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

  it('takes no message for a batch that is none: it goes to the dead letters as it was sent', async () => {
    const { queue, metric } = await queues.open({ prefix });
    const { body, properties } = encodeMessage(makeBatch(7), 'none');
    const headers = properties.headers as Record<string, unknown>;
    const junk: readonly (readonly [Buffer, Options.Publish])[] = [
      [Buffer.from('no batch at all'), {}],
      [body, { ...properties, headers: { ...headers, schema: `99\0${'x'.repeat(1_000)}` } }],
      [body, { ...properties, headers: { ...headers, count: 2 } }],
      [body, { ...properties, headers: { ...headers, batchId: "x'; DROP TABLE ingest_batch" } }],
      [body, { ...properties, headers: { ...headers, bodyHash: 'no hash' } }],
      [body, { ...properties, headers: { ...headers, bytes: -1 }, contentEncoding: 'br' }],
      [body, { ...properties, contentEncoding: 'gzip' }],
    ];
    await sendAll([...junk, [body, properties]]);
    const log = new DeliveryLog();
    await queue.consume(log.handler('stored'), IN_GROUPS);
    await log.deliveries(1);
    expect(log.seen).toEqual([{ batch: makeBatch(7), attempt: 1 }]);
    expect(await metric('penstock_queue_undecodable_batches_total')).toBe(junk.length);
    const letters = await lettersOf(queue, junk.length);
    expect(letters.map(({ reason, batch, raw }) => ({ reason, batch, raw }))).toEqual(
      junk.map(([raw]) => ({ reason: 'undecodable', batch: null, raw })),
    );
    expect(letters.map(({ batchId, events }) => [batchId, events])).toEqual([
      [null, 0],
      [makeBatch(7).id, 1],
      [makeBatch(7).id, 2],
      [null, 1],
      [makeBatch(7).id, 1],
      [makeBatch(7).id, 1],
      [makeBatch(7).id, 1],
    ]);
    expect(letters[1]?.detail).toMatch(/^schema 99\uFFFDx+$/);
    expect(letters[1]?.detail).toHaveLength(500);
    expect(await queue.depth()).toMatchObject({ ready: 0, unsettled: 0 });
  });

  it('keeps a message of another version whole, so that it can be read there', async () => {
    const { queue } = await queues.open({ prefix });
    const { body, properties } = encodeMessage(makeBatch(7, 2), 'zstd');
    const headers = { ...(properties.headers as object), schema: 99 };
    await sendAll([[body, { ...properties, headers }]]);
    const log = new DeliveryLog();
    await queue.consume(log.handler('stored'), IN_GROUPS);
    const letters = await lettersOf(queue, 1);
    expect(letters).toMatchObject([
      { reason: 'unknown-schema', batch: null, batchId: makeBatch(7).id, events: 2 },
    ]);
    expect(letters[0]!.detail).toBe('schema 99 is not read here, only 1 and 2');
    // As where 99 were the number of a schema that is read.
    const elsewhere = letters[0]!.raw.toString('latin1').replace('"schema":99', '"schema":2');
    expect(readKeptMessage(Buffer.from(elsewhere, 'latin1'))).toEqual(makeBatch(7, 2));
    expect(log.seen).toEqual([]);
  });

  it('knows what only a writer of another version could not read', async () => {
    const { queue } = await queues.open({ prefix });
    const { body, properties } = encodeMessage(makeBatch(7, 2), 'none');
    await sendAll([[body, properties]]);
    await onBroker(async (channel) => {
      const message = await channel.get(`${prefix}.batches.0`);
      if (message === false) throw new Error('there is no message');
      // As a writer does that reads schema 1 alone.
      channel.nack(message, false, false);
      expect(await lettersOf(queue, 1)).toMatchObject([
        { reason: 'unknown-schema', batch: makeBatch(7, 2), events: 2 },
      ]);
    });
  });

  async function lettersOf(queue: RabbitQueue, count: number): Promise<readonly DeadLetter[]> {
    const letters: DeadLetter[] = [];
    await waitUntil(`${count} dead letters`, async () => {
      await queue.takeDeadLetters((letter) => {
        letters.push(letter);
        return Promise.resolve();
      });
      return letters.length >= count;
    });
    return letters;
  }

  async function sendAll(messages: readonly (readonly [Buffer, Options.Publish])[]): Promise<void> {
    await onBroker(async (channel) => {
      for (const [body, properties] of messages) {
        channel.sendToQueue(`${prefix}.batches.0`, body, { ...properties, persistent: true });
      }
      await channel.waitForConfirms();
    });
  }

  async function onBroker(call: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    const model = await connect(broker);
    await call(await model.createConfirmChannel());
    await model.close();
  }
});
