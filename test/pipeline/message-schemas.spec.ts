import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect, type ConfirmChannel, type MessagePropertyHeaders, type Options } from 'amqplib';
import pg from 'pg';
import type { Batch } from '#event';
import { SCHEMA_1 } from '../../libs/event/testing/schema-1.ts';
import { keepMessage } from '../../libs/queue/rabbitmq/kept-message.ts';
import { encodeMessage } from '../../libs/queue/rabbitmq/message.ts';
import { buildBatch, buildEvent } from '../../libs/store/testing/events.ts';
import { storedCount } from '../faults/read-back.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { PipelineProcesses } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { rabbitmq, suite } from '../support/requirement.ts';
import { waitUntil } from '../support/wait-until.ts';

type Message = readonly [body: Buffer, properties: Options.Publish];

/** What a rolling upgrade over a change of the schema brings into one queue, and what it must not lose. */
suite('queue messages of several schemas', rabbitmq, () => {
  let database: TestDatabase;
  let pipeline: PipelineProcesses;

  beforeAll(async () => {
    database = await createTestDatabase();
    pipeline = await PipelineProcesses.start({
      databaseUrl: database.url,
      rabbitmqUrl: await sharedBroker(),
      writers: 2,
    });
  }, 120_000);
  afterAll(async () => {
    await pipeline.kill();
    await database.drop();
  });

  const withChannel = async <T>(
    use: (channel: ConfirmChannel, queue: string) => Promise<T>,
  ): Promise<T> => {
    const model = await connect(await sharedBroker());
    try {
      const queue = `${pipeline.environment['RABBITMQ_PREFIX']!}.batches.0`;
      return await use(await model.createConfirmChannel(), queue);
    } finally {
      await model.close();
    }
  };
  /** Publishes messages as an ingest of any version does. */
  const publish = (messages: readonly Message[]): Promise<void> =>
    withChannel((channel, queue) => {
      for (const [body, properties] of messages) channel.sendToQueue(queue, body, properties);
      return channel.waitForConfirms();
    });
  /** Batches that the writers found to be stored already. */
  const duplicates = async (): Promise<number> => {
    const texts = await Promise.all(
      pipeline.running('writer').map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
    );
    const line = /^penstock_writer_batches_total\{disposition="duplicate"\} (\d+)$/m;
    return texts.reduce((sum, text) => sum + Number(line.exec(text)?.[1] ?? 0), 0);
  };
  /** Puts into quarantine what a version before schema 2 would have kept there. */
  const keepInstead = async (content: Buffer, { headers }: Options.Publish): Promise<void> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const raw = keepMessage({
      content,
      properties: { headers: headers as MessagePropertyHeaders },
    });
    await client.query(`UPDATE quarantine SET raw = $1`, [raw]);
    await client.end();
  };
  const count = (service: string) => storedCount(pipeline.gatewayUrl, `service:${service}`);
  const stored = (service: string, events: number): Promise<void> =>
    waitUntil(`${events} events of ${service}`, async () => (await count(service)) === events);
  const call = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${pipeline.gatewayUrl}/api/v1/${path}`, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    return answer.json();
  };
  /** Nothing is published into a queue that was declared a moment ago; the answer is then to send it again. */
  const replayed = (): Promise<void> =>
    waitUntil('the entry is replayed', async () => {
      const answer = await call('quarantine/replay', { reason: 'unknown-schema' });
      return (answer as { readonly replayed?: number }).replayed === 1;
    });
  const quarantined = async (): Promise<readonly { readonly id: string }[]> => {
    const page = await call('quarantine?reason=unknown-schema');
    return (page as { readonly entries: readonly { readonly id: string }[] }).entries;
  };

  it('are all stored once, whatever the order in which they come', async () => {
    const service = 'schema-1';
    const older = (number: number): Message => [
      SCHEMA_1.body,
      { headers: { ...SCHEMA_1.headers, batchId: idOf(number) }, persistent: true },
    ];
    const newer = (number: number): Message => {
      const event = buildEvent({ service, message: `of schema 2, batch ${number}` });
      return messageOf(buildBatch([event], { id: idOf(number) }));
    };
    const mixed = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? older(n) : newer(n)));
    // As a publisher whose confirm was lost sends again.
    await publish([...mixed, ...mixed.slice(0, 10)]);
    await stored(service, 20 * SCHEMA_1.headers.count + 20);
    expect(await storedCount(pipeline.gatewayUrl, 'größer traceId:t-1')).toBe(20);
  }, 60_000);

  it('that are newer than the writers are kept whole, for a version that reads them', async () => {
    const batch = buildBatch([buildEvent({ service: 'newer' }), buildEvent({ service: 'newer' })]);
    const [body, properties] = messageOf(batch);
    const headers = { ...(properties.headers as object), schema: 99 };
    await publish([[body, { ...properties, headers }]]);
    await waitUntil('it is in quarantine', async () => (await quarantined()).length === 1);
    const [entry] = await quarantined();
    expect(entry).toMatchObject({ batchId: batch.id, events: 2 });

    const reason = 'schema 99 is not read here, only 1 and 2';
    expect(await call('quarantine/replay', { ids: [entry!.id] })).toMatchObject({
      replayed: 0,
      rejected: [{ id: entry!.id, reason }],
    });
    expect(await quarantined()).toHaveLength(1);

    // To a version that reads 99 the entry is what one of schema 2 is to this one.
    await keepInstead(body, properties);
    await replayed();
    await stored('newer', 2);
    expect(await quarantined()).toEqual([]);
  }, 60_000);

  it('of which a copy was stored meanwhile are replayed without storing them twice', async () => {
    const batch = buildBatch([buildEvent({ service: 'copied' })]);
    const [body, properties] = messageOf(batch);
    await publish([[body, properties]]);
    await stored('copied', 1);
    const headers = { ...(properties.headers as object), schema: 99 };
    await publish([[body, { ...properties, headers }]]);
    await waitUntil('the copy is in quarantine', async () => (await quarantined()).length === 1);
    await keepInstead(body, properties);
    const before = await duplicates();
    await replayed();
    await waitUntil('a writer had it', async () => (await duplicates()) > before);
    expect(await count('copied')).toBe(1);
    expect(await count('schema-1')).toBe(20 * SCHEMA_1.headers.count + 20);
  }, 60_000);
});

function messageOf(batch: Batch): Message {
  const { body, properties } = encodeMessage(batch, 'none');
  return [body, properties];
}

function idOf(number: number): string {
  return `017f22e2-79b0-7cc3-98c4-${String(number).padStart(12, '0')}`;
}
