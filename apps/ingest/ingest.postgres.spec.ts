import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BatchLedger, BatchStore } from '#delivery';
import { openTestStore, type TestStore } from '../../libs/store/testing/open-test-store.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let database: TestStore;
let server: TestServer;

beforeAll(async () => {
  database = await openTestStore();
  const { writer, ledger } = database.store;
  const store: BatchStore & BatchLedger = {
    commit: (batches, signal) => writer.commit(batches, signal),
    probe: () => writer.probe(),
    find: (ids) => ledger.find(ids),
  };
  server = await startTestServer(store);
});
afterAll(async () => {
  await server.close();
  await database.close();
});

async function post(body: unknown, key?: string): Promise<{ status: number; json: unknown }> {
  const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };
  const response = await fetch(`${server.url}/logs`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers,
  });
  return { status: response.status, json: await response.json() };
}

async function rows(service: string): Promise<Record<string, unknown>[]> {
  return await database.query(
    'SELECT * FROM log_event WHERE service = $1 ORDER BY ts, group_seq, ordinal',
    [service],
  );
}

function makeEvents(service: string, count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({
    level: 'WARNING',
    message: `${service} ${i}`,
    timestamp: '2023-09-15T08:00:00.123456Z',
    service,
    metadata: { parentResourceId: 'server-0987', n: i },
  }));
}

describe('ingest into Postgres', () => {
  it('stores every field of an event before it answers', async () => {
    const event = {
      level: 'error',
      message: 'Failed to connect to DB',
      resourceId: 'server-1234',
      timestamp: '2023-09-15T08:00:00Z',
      traceId: 'abc-xyz-123',
      spanId: 'span-456',
      commit: '5e5342f',
      source: 'one',
      metadata: { parentResourceId: 'server-0987' },
    };
    expect((await post(event)).status).toBe(202);
    expect(await rows('one')).toMatchObject([
      {
        ts: new Date('2023-09-15T08:00:00Z'),
        level: 4,
        message: 'Failed to connect to DB',
        resource_id: 'server-1234',
        trace_id: 'abc-xyz-123',
        span_id: 'span-456',
        commit: '5e5342f',
        parent_resource_id: 'server-0987',
        metadata: { parentResourceId: 'server-0987' },
      },
    ]);
  });

  it('keeps the order in which events of one timestamp were sent', async () => {
    const events = makeEvents('order', 500);
    expect(await post(events)).toMatchObject({ status: 202, json: { accepted: 500 } });
    const stored = await rows('order');
    expect(stored.map(({ message }) => message)).toEqual(events.map((_, i) => `order ${i}`));
  });

  it('keeps the order of a request that takes several groups', async () => {
    for (let round = 0; round < 5; round++) {
      const events = makeEvents(`long-${round}`, 9_000).map((event) => ({
        ...event,
        commit: 'x'.repeat(300),
      }));
      expect(await post(events)).toMatchObject({ status: 202, json: { accepted: 9_000 } });
      const stored = await rows(`long-${round}`);
      expect(stored.map(({ message }) => message)).toEqual(
        events.map((_, i) => `long-${round} ${i}`),
      );
    }
  });

  it('stores the single events of many concurrent requests in few groups', async () => {
    const before = await database.query('SELECT count(*)::int AS n FROM log_group');
    const answers = await Promise.all(makeEvents('many', 200).map((event) => post(event)));
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(await rows('many')).toHaveLength(200);
    const after = await database.query('SELECT count(*)::int AS n FROM log_group');
    expect(Number(after[0]?.['n']) - Number(before[0]?.['n'])).toBeLessThan(100);
  });

  it('stores a request with an Idempotency-Key once, whoever repeats it and when', async () => {
    const events = makeEvents('keyed', 2_000);
    const first = await post(events, 'key-1');
    const repeats = await Promise.all([post(events, 'key-1'), post(events, 'key-1')]);
    expect(first).toMatchObject({ status: 202, json: { accepted: 2_000 } });
    expect(repeats).toEqual([first, first]);
    expect(await rows('keyed')).toHaveLength(2_000);
  });

  it('refuses an Idempotency-Key with another body', async () => {
    await post(makeEvents('other', 1), 'key-2');
    const answer = await post(makeEvents('other', 2), 'key-2');
    expect(answer).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } });
    expect(await rows('other')).toHaveLength(1);
  });
});
