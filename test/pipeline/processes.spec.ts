import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { encodeMessage } from '../../libs/queue/rabbitmq/message.ts';
import { buildBatch, buildEvent } from '../../libs/store/testing/events.ts';
import { EventAccount, verdictLine } from '../faults/event-account.ts';
import { Load } from '../faults/load.ts';
import { seededRandom, seedOfRun } from '../faults/random.ts';
import { readBack, storedCount } from '../faults/read-back.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.mjs';
import { PipelineProcesses, readinessOf } from '../support/pipeline-processes.ts';
import { sharedBroker } from '../support/rabbitmq.ts';
import { rabbitmq, suite } from '../support/requirement.ts';
import { RunningProcess } from '../support/running-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const SUCCEEDED = { code: 0, signal: null };
const ROOT = join(import.meta.dirname, '../..');
const SAMPLE = join(ROOT, 'test/data/loghub.ndjson.gz');
const SAMPLE_EVENTS = 16_000;
/** The bound of a writer; the others have less to finish. */
const LONGEST_STOP_MS = 20_000;

suite('a pipeline of processes', rabbitmq, () => {
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

  it('stores the sample file once', async () => {
    const producer = RunningProcess.spawn({
      main: join(ROOT, 'dist/apps/producer/main.js'),
      args: ['--file', SAMPLE, '--url', pipeline.ingestUrl],
    });
    expect(await producer.exit).toEqual(SUCCEEDED);
    expect(producer.text).toContain(`sent ${SAMPLE_EVENTS} accepted ${SAMPLE_EVENTS} rejected 0`);
    await waitUntil(
      'all events are stored',
      async () => (await storedCount(pipeline.gatewayUrl)) >= SAMPLE_EVENTS,
    );
    const found = await exportedMessages(pipeline.gatewayUrl);
    expect(found.sort()).toEqual((await sampleMessages()).sort());
    const page = await fetch(pipeline.gatewayUrl);
    expect(page.headers.get('content-type')).toContain('text/html');
  }, 60_000);

  it('loses and doubles nothing when a writer is killed, and one is told to end, under load', async () => {
    const random = seededRandom(seedOfRun('a pipeline of processes'));
    const account = new EventAccount(new Date().toISOString());
    const before = await storedCount(pipeline.gatewayUrl);
    const load = new Load(pipeline.ingestUrl, {
      account,
      random,
      senders: 16,
      requestsPerSecond: 300,
      eventsPerRequest: 30,
    });
    try {
      await load.acknowledges(300);
      const [killed, stopped] = pipeline.running('writer');
      await killed!.kill();
      await load.acknowledges(300);
      await pipeline.add('writer');
      expect(await stopped!.stop()).toEqual(SUCCEEDED);
      await load.acknowledges(300);
      await load.finish();
    } finally {
      await load.abandon();
    }
    await waitUntil(
      'all acknowledged events are stored',
      async () => (await storedCount(pipeline.gatewayUrl)) - before >= account.acked,
      60_000,
    );
    await readBack(pipeline.gatewayUrl, account, `metadata.run:"${account.run}"`);
    const verdict = account.verdict();
    process.stderr.write(
      `${verdictLine(verdict, 1)}; answers ${JSON.stringify(Object.fromEntries(load.answers))}\n`,
    );
    expect(load.violations).toEqual([]);
    expect(verdict).toMatchObject({ lost: 0, dup: 0, foreign: 0, corrupt: 0 });
    expect(verdict.acked).toBeGreaterThanOrEqual(5_000);
  }, 180_000);

  it('keeps what its sender was told is safe, though the key was used for another body', async () => {
    // Without Postgres ingest cannot see the ledger; the writer finds the conflict.
    const blind = await pipeline.add('ingest', { DATABASE_URL: '' });
    for (const message of ['the first body', 'the second body']) {
      const answer = await fetch(blind.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'reused' },
        body: JSON.stringify({ message, service: 'reuse' }),
      });
      expect(answer.status).toBe(202);
    }
    const quarantined = `${pipeline.gatewayUrl}/api/v1/quarantine?reason=idempotency-key-reused`;
    let entries: { readonly id: string; readonly events: number }[] = [];
    await waitUntil('the batch in quarantine', async () => {
      ({ entries } = (await (await fetch(quarantined)).json()) as { entries: typeof entries });
      return entries.length > 0;
    });
    expect(entries).toMatchObject([{ events: 1 }]);

    const replay = await fetch(`${pipeline.gatewayUrl}/api/v1/quarantine/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: entries.map(({ id }) => id) }),
    });
    expect(await replay.json()).toMatchObject({ replayed: 1, rejected: [] });
    await waitUntil('both events', async () => {
      const answer = await fetch(`${pipeline.gatewayUrl}/api/v1/count?q=service:reuse`);
      return ((await answer.json()) as { count: number }).count === 2;
    });
  }, 60_000);

  it('moves dead letters into quarantine, whole or as they were sent, and replays them', async () => {
    const event = { ...buildEvent({ service: 'dead-letters' }), timestamp: Date.now() * 1_000 };
    const { body, properties } = encodeMessage(buildBatch([event, event]), 'none');
    const queues = `${pipeline.environment['RABBITMQ_PREFIX']!}.batches`;
    const model = await connect(await sharedBroker());
    const channel = await model.createConfirmChannel();
    channel.sendToQueue(`${queues}.dead`, body, properties);
    channel.sendToQueue(`${queues}.0`, Buffer.from('no batch'), { persistent: true });
    await channel.waitForConfirms();
    await model.close();

    const entriesOf = async (reason: string): Promise<{ readonly id: string }[]> => {
      const page = await fetch(`${pipeline.gatewayUrl}/api/v1/quarantine?reason=${reason}`);
      return ((await page.json()) as { entries: { readonly id: string }[] }).entries;
    };
    await waitUntil('both are in quarantine', async () => {
      const counts = await Promise.all(['dead-lettered', 'undecodable'].map(entriesOf));
      return counts.every(({ length }) => length === 1);
    });
    const [whole] = await entriesOf('dead-lettered');
    const [unreadable] = await entriesOf('undecodable');
    expect(whole).toMatchObject({ events: 2 });
    const raw = await fetch(`${pipeline.gatewayUrl}/api/v1/quarantine/${unreadable!.id}`);
    expect(await raw.text()).toBe('no batch');
    const replay = await fetch(`${pipeline.gatewayUrl}/api/v1/quarantine/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [whole!.id, unreadable!.id] }),
    });
    expect(await replay.json()).toMatchObject({ replayed: 1, rejected: [{ id: unreadable!.id }] });
    await waitUntil('the events of the batch', async () => {
      const answer = await fetch(`${pipeline.gatewayUrl}/api/v1/count?q=service:dead-letters`);
      return ((await answer.json()) as { count: number }).count === 2;
    });
  }, 60_000);

  it('ends with one sentence when RabbitMQ refuses the password', async () => {
    const url = new URL(await sharedBroker());
    url.password = 'wrong';
    const refused = pipeline.launch('ingest', { RABBITMQ_URL: url.href });
    expect(await refused.exit).toEqual({ code: 1, signal: null });
    expect(refused.text).toMatch(/^RabbitMQ refuses the user name or the password .*\.$/m);
    expect(refused.text).not.toMatch(/^ {4}at /m);
  });

  it('ends each process with 0 within its bound, and frees the port', async () => {
    const begun = performance.now();
    const running = pipeline.all.filter(({ isRunning }) => isRunning);
    expect(running).toHaveLength(5);
    expect(await Promise.all(running.map((each) => each.stop()))).toEqual(
      running.map(() => SUCCEEDED),
    );
    expect(performance.now() - begun).toBeLessThan(LONGEST_STOP_MS);
    for (const each of running) {
      await expect(fetch(`${each.url}/health/live`)).rejects.toThrow();
      // A last beat that a busy Postgres does not take within its half second is left out.
      const failed = each.log.filter(({ event }) => event === 'process.stop-failed');
      expect(failed.filter(({ message }) => !message.startsWith('the heartbeat '))).toEqual([]);
    }
  }, 60_000);
});

describe('a process whose dependencies are away', () => {
  const started: RunningProcess[] = [];
  /** Nothing listens on the first port. */
  const AWAY = {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    RABBITMQ_URL: 'amqp://127.0.0.1:1',
    HTTP_PORT: '0',
    GATEWAY_PORT: '0',
    OPERATIONS_PORT: '0',
  };

  afterEach(async () => {
    for (const each of started.splice(0)) await each.kill();
  });

  const launch = (part: string, environment: Readonly<Record<string, string>>): RunningProcess => {
    const each = RunningProcess.spawn({
      main: join(ROOT, `dist/apps/${part}/main.js`),
      environment,
    });
    started.push(each);
    return each;
  };

  it('runs, says what is missing and since when, and ends when it is told to', async () => {
    const ingest = launch('ingest', AWAY);
    await ingest.ready();
    expect((await fetch(`${ingest.url}/health/live`)).status).toBe(200);
    const { ready, dependencies } = await readinessOf(ingest.url);
    expect(ready).toBe(false);
    expect(dependencies).toMatchObject([
      { name: 'rabbitmq', required: true, ok: false },
      { name: 'postgres', required: false, ok: false },
      { name: 'ingest-tokens', required: true, ok: false },
    ]);
    // Whether the token is valid cannot be told.
    const answer = await fetch(ingest.url, {
      method: 'POST',
      headers: { authorization: `Bearer pst_aaaaaaaaaaaa_${'A'.repeat(43)}` },
      body: '{"message":"x"}',
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'tokens-not-read' });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    const elsewhere = await fetch(`${ingest.url}/api/v1/search`);
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.json()).toMatchObject({ code: 'not-found' });
    expect(await ingest.stop()).toEqual(SUCCEEDED);
  });

  it('ingest takes events with a token of its environment', async () => {
    const ingest = launch('ingest', { ...AWAY, INGEST_TOKEN: 'x'.repeat(32) });
    await ingest.ready();
    expect((await readinessOf(ingest.url)).dependencies).toMatchObject([
      { name: 'rabbitmq' },
      { name: 'postgres' },
      { name: 'ingest-tokens', required: false },
    ]);
    const statusWith = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      const body = '{"message":"x"}';
      return (await fetch(ingest.url, { method: 'POST', headers, body })).status;
    };
    expect(await statusWith('x'.repeat(32))).toBe(503); // RabbitMQ is away.
    expect(await statusWith('y'.repeat(32))).toBe(503); // Nobody knows yet.
    const alone = launch('ingest', { ...AWAY, DATABASE_URL: '', INGEST_TOKEN: 'x'.repeat(32) });
    await alone.ready();
    const refused = await fetch(alone.url, { method: 'POST', body: '{"message":"x"}' });
    expect(refused.status).toBe(401);
    const without = launch('ingest', { ...AWAY, DATABASE_URL: '' });
    expect(await without.exit).toMatchObject({ code: 1 });
    expect(without.text).toContain('Ingest tokens are required, but there can be none');
  });

  it.each(['writer', 'gateway', 'keeper'])(
    '%s answers probes while it waits, and ends when it is told to',
    async (part) => {
      const port = await freePort();
      const each = launch(part, {
        ...AWAY,
        GATEWAY_PORT: String(port),
        OPERATIONS_PORT: String(port),
      });
      const url = `http://127.0.0.1:${port}`;
      const statusOf = async (path: string): Promise<number> =>
        (await fetch(url + path).catch(() => null))?.status ?? 0;
      await waitUntil('it lives', async () => (await statusOf('/health/live')) === 200);
      expect(await statusOf('/health/ready')).toBe(503);
      await waitUntil('it names Postgres', async () =>
        (await readinessOf(url)).dependencies.some(
          ({ name, ok, reason }) =>
            name === 'postgres' && !ok && reason?.includes('ECONNREFUSED') === true,
        ),
      );
      expect(await each.stop()).toEqual(SUCCEEDED);
    },
  );

  it('ends with one sentence when its time to wait is over', async () => {
    const keeper = launch('keeper', { ...AWAY, STARTUP_TIMEOUT: '100ms' });
    expect(await keeper.exit).toEqual({ code: 1, signal: null });
    expect(keeper.text).toMatch(/^postgres could not be reached within 0.1 s: .*ECONNREFUSED.*$/m);
    expect(keeper.text).not.toMatch(/^ {4}at /m);
  });

  it('ends with one sentence when it is refused', async () => {
    const server = new URL(process.env['TEST_POSTGRES_URL']!);
    server.pathname = '/no_such_database';
    const keeper = launch('keeper', { ...AWAY, DATABASE_URL: server.href });
    expect(await keeper.exit).toEqual({ code: 1, signal: null });
    expect(keeper.text).toMatch(
      /^Postgres refuses the connection: .*no_such_database.*; check .* of DATABASE_URL\.$/m,
    );
  });

  it('ends with one message that lists all settings that are missing or wrong', async () => {
    const writer = launch('writer', { LOG_LEVEL: 'loud', HTTP_PORT: 'not a port of the writer' });
    expect(await writer.exit).toEqual({ code: 1, signal: null });
    expect(writer.text).toMatch(/^3 settings are wrong:$/m);
    for (const name of ['DATABASE_URL', 'RABBITMQ_URL', 'LOG_LEVEL'])
      expect(writer.text).toContain(`- ${name}: `);
  });
});

async function exportedMessages(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/v1/export?format=ndjson`);
  if (answer.body === null) throw new Error('the export has no body');
  const messages: string[] = [];
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body) }))
    messages.push((JSON.parse(line) as { message: string }).message);
  return messages;
}

async function sampleMessages(): Promise<string[]> {
  const messages: string[] = [];
  for await (const line of createInterface({
    input: createReadStream(SAMPLE).pipe(createGunzip()),
  }))
    if (line !== '') messages.push((JSON.parse(line) as { message: string }).message);
  return messages;
}
