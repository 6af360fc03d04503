/**
 * What the write path of the store costs: groups of so many events over some connections, in CPU time of this
 * process (events to socket) and of Postgres' backends.
 *
 *   DATABASE_URL=postgres://... node --conditions=source bench/store-write.ts [events in all]
 *
 * It makes a database of its own on that server and drops it. CPU of backends is read from /proc, so the server must
 * run on this machine (Linux); elsewhere that column is 0.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { MICROS_PER_MS, systemClock, type Batch, type Level, type LogEvent } from '#event';
import { openStore, type Store } from '#store';
import { Telemetry } from '#telemetry';

const TICKS_PER_SECOND = 100;
const server = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const total = Number(process.argv[2] ?? 200_000);
const signal = new AbortController().signal;

const WORDS =
  'connection failed to connect request timeout after upstream cache miss user session order payment'.split(
    ' ',
  );
const LEVELS: readonly Level[] = ['info', 'info', 'info', 'info', 'debug', 'warn', 'error'];

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}

/** About 350 bytes as JSON; 200 resourceIds of 10 services. */
function randomEvent(index: number, now: number): LogEvent {
  const resource = index % 200;
  const metadata = {
    parentResourceId: `server-${resource % 20}`,
    userId: index,
    latency: (index % 997) / 10,
  };
  return {
    timestamp: now + index,
    level: pick(LEVELS),
    levelText: null,
    message: `${pick(WORDS)} ${pick(WORDS)} ${pick(WORDS)} ${pick(WORDS)} from 10.0.${index % 255}.${resource} in ${index % 997} ms, request ${index}`,
    resourceId: `server-${resource}`,
    traceId: randomBytes(8).toString('hex'),
    spanId: randomBytes(4).toString('hex'),
    commit: '5e5342f',
    service: `service-${resource % 10}`,
    eventType: null,
    parentResourceId: metadata.parentResourceId,
    metadataText: JSON.stringify(metadata),
  };
}

/** Batches of 500 events, as ingest makes them. */
function makeBatches(count: number): Batch[] {
  const now = Date.now() * MICROS_PER_MS - count;
  return Array.from({ length: count / 500 }, (_, batch) => ({
    id: randomUUID(),
    events: Array.from({ length: 500 }, (_, i) => randomEvent(batch * 500 + i, now)),
    bytes: 500 * 350,
    receivedAt: systemClock(),
    bodyHash: null,
  }));
}

/** CPU seconds of the backends of the store's write pool. */
async function backendSeconds(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'penstock writer'`,
  );
  let ticks = 0;
  for (const { pid } of rows) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return 0;
    }
  }
  return ticks / TICKS_PER_SECOND;
}

async function writeAll(
  store: Store,
  batches: readonly Batch[],
  perGroup: number,
  connections: number,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < batches.length) {
      const group = batches.slice(next, next + perGroup);
      next += perGroup;
      await store.writer.commit(group, signal);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
}

async function measure(
  store: Store,
  client: pg.Client,
  groupEvents: number,
  connections: number,
): Promise<string> {
  const batches = makeBatches(total);
  await client.query('CHECKPOINT');
  const backendsBefore = await backendSeconds(client);
  const nodeBefore = process.cpuUsage();
  const started = performance.now();
  await writeAll(store, batches, groupEvents / 500, connections);
  const seconds = (performance.now() - started) / 1_000;
  const node = process.cpuUsage(nodeBefore);
  const backends = (await backendSeconds(client)) - backendsBefore;
  const row = [
    groupEvents,
    connections,
    Math.round(total / seconds),
    ((node.user + node.system) / total).toFixed(2),
    ((backends * 1_000_000) / total).toFixed(2),
  ];
  return row.join('\t');
}

const admin = new pg.Client({ connectionString: server });
await admin.connect();
const name = `bench_${randomBytes(4).toString('hex')}`;
await admin.query(`CREATE DATABASE ${name}`);
const url = new URL(server);
url.pathname = `/${name}`;
const store = await openStore({ url: url.href, telemetry: new Telemetry(() => undefined) });
const client = new pg.Client({ connectionString: url.href });
await client.connect();
try {
  console.log('group\tconnections\tevents/s\tNode us/event\tPostgres us/event');
  await measure(store, client, 5_000, 2);
  for (const groupEvents of [1_000, 2_500, 5_000]) {
    for (const connections of [1, 2]) {
      console.log(await measure(store, client, groupEvents, connections));
    }
  }
  const { rows } = await client.query('SELECT count(*)::int AS stored FROM log_event');
  console.log(`stored ${JSON.stringify(rows[0])}, sent ${total * 7}`);
} finally {
  await client.end();
  await store.close();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
}
