import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../../../test/support/free-port.mjs';
import { ownBroker } from '../../../test/support/rabbitmq.ts';
import type { BrokerProcess } from '../../../test/support/rabbitmq-server.mjs';
import { ownRabbitmq, suite } from '../../../test/support/requirement.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { PublishOutcome } from '../log-queue.ts';
import { DeliveryLog, makeBatch, makeEvent } from '../testing/batches.ts';
import { RabbitQueues } from '../testing/rabbit-queues.ts';

const never = new AbortController().signal;
const DURABLE: PublishOutcome = { kind: 'durable' };
const CERTIFICATES = join(import.meta.dirname, '../../../test/data/tls');
const MAX_MESSAGE_BYTES = 100_000;

const certificate = (name: string): string => join(CERTIFICATES, `${name}.pem`);

suite('a RabbitMQ with alarms, limits and TLS', ownRabbitmq, () => {
  let broker: BrokerProcess;
  let queues: RabbitQueues;
  let tlsUrl: string;

  beforeAll(async () => {
    const tlsPort = await freePort();
    broker = await ownBroker([
      `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
      `ssl_options.cacertfile = ${certificate('ca')}`,
      `ssl_options.certfile = ${certificate('broker')}`,
      `ssl_options.keyfile = ${certificate('broker-key')}`,
      'ssl_options.verify = verify_peer',
      'ssl_options.fail_if_no_peer_cert = true',
      `max_message_size = ${MAX_MESSAGE_BYTES}`,
    ]);
    tlsUrl = `amqps://guest:guest@localhost:${tlsPort}`;
    queues = new RabbitQueues(broker.url);
  }, 120_000);
  afterAll(async () => {
    await queues.close();
    await broker.remove();
  }, 60_000);

  it.each([
    [
      'memory',
      ['set_vm_memory_high_watermark', '0.000001'],
      ['set_vm_memory_high_watermark', '0.4'],
    ],
    ['disk', ['set_disk_free_limit', '1000000GB'], ['set_disk_free_limit', '50MB']],
  ])(
    'refuses batches during a %s alarm, and what was on its way is durable after it',
    async (what, raise, end) => {
      const { queue, metric, log } = await queues.open();
      await queue.consume(new DeliveryLog().handler('stored'), {
        maxBatches: 10,
        maxBytes: 1 << 20,
        concurrency: 1,
      });
      await broker.ctl(...raise);
      // The broker tells of it when something is sent.
      const pending = queue.publish(makeBatch(1), never);
      await waitUntil('the alarm is known', () => queue.readiness('publishing') !== null);
      expect(await queue.publish(makeBatch(2), never)).toMatchObject({
        kind: 'overloaded',
        reason: expect.stringMatching(new RegExp(`RabbitMQ takes no batches: .*${what}`)),
      });
      expect(await metric('penstock_queue_publisher_ready')).toBe(0);
      // Consuming goes on, or the queue would never be emptied.
      expect(queue.readiness('consuming')).toBeNull();
      expect(await queue.depth()).toMatchObject({ ready: 0 });
      await broker.ctl(...end);
      expect(await pending).toEqual(DURABLE);
      expect(await queue.publish(makeBatch(3), never)).toEqual(DURABLE);
      expect(log.map(({ event }) => event)).toEqual(
        expect.arrayContaining(['queue.publishing_blocked', 'queue.publishing_unblocked']),
      );
    },
    60_000,
  );

  it('learns that a batch is too large for the broker, and goes on with the others', async () => {
    const { queue } = await queues.open();
    const large = {
      ...makeBatch(1),
      events: [makeEvent('x'.repeat(MAX_MESSAGE_BYTES))],
    };
    const outcomes = [queue.publish(large, never), queue.publish(makeBatch(2), never)];
    expect(await Promise.all(outcomes)).toMatchObject([
      {
        kind: 'unknown',
        reason: expect.stringContaining(`takes messages of ${MAX_MESSAGE_BYTES}`),
      },
      DURABLE,
    ]);
    await expect(queue.publish(large, never)).rejects.toMatchObject({
      name: 'BatchTooLargeError',
      permanent: true,
    });
    expect(await queue.publish(makeBatch(3), never)).toEqual(DURABLE);
  });

  it('connects by TLS with an authority of its own and a certificate of the client', async () => {
    const { queue } = await queues.open({
      url: tlsUrl,
      tls: {
        caFile: certificate('ca'),
        certFile: certificate('client'),
        keyFile: certificate('client-key'),
      },
    });
    expect(await queue.publish(makeBatch(1), never)).toEqual(DURABLE);
    const log = new DeliveryLog();
    await queue.consume(log.handler('stored'), {
      maxBatches: 10,
      maxBytes: 1 << 20,
      concurrency: 1,
    });
    await log.deliveries(1);
  });

  const CLIENT = { certFile: 'client', keyFile: 'client-key' };

  it.each([
    ['an unknown authority', { caFile: null, ...CLIENT }, /: self-signed certificate in/],
    [
      'no certificate of the client',
      { caFile: 'ca', certFile: null, keyFile: null },
      /RabbitMQ: [a-z0-9 ]*certificate required \(/,
    ],
    [
      'a file that is missing',
      { caFile: 'missing', certFile: null, keyFile: null },
      /missing\S* cannot be read: ENOENT.*\.$/,
    ],
    [
      'an authority without a certificate',
      { caFile: 'broker-key', ...CLIENT },
      /holds no certificate/,
    ],
    [
      'a certificate without its key',
      { caFile: 'ca', certFile: 'client', keyFile: null },
      'A certificate needs its key: set RABBITMQ_KEY_FILE too.',
    ],
    [
      'the key of another',
      { caFile: 'ca', certFile: 'client', keyFile: 'broker-key' },
      /: key values/,
    ],
  ])('is refused, in one sentence, with %s', async (_what, files, message) => {
    const fileOf = (name: string | null): string | null =>
      name === null ? null : certificate(name);
    const opening = queues.open({
      url: tlsUrl,
      tls: {
        caFile: fileOf(files.caFile),
        certFile: fileOf(files.certFile),
        keyFile: fileOf(files.keyFile),
      },
    });
    const refusal = { name: 'QueueRefusedError', code: 'tls' };
    await expect(opening).rejects.toMatchObject({
      ...refusal,
      message: expect.stringMatching(message),
    });
  });
});
