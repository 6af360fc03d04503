import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  OPEN_TO_ALL,
  openIngestTokens,
  PostgresIngestTokens,
  SYSTEM,
  type Senders,
  type TokenToKeep,
} from '#access';
import { systemClock } from '#event';
import { Telemetry } from '#telemetry';
import { MemoryStore } from '../../libs/delivery/testing/memory-store.ts';
import { openTestStore, type TestStore } from '../../libs/store/testing/open-test-store.ts';
import { until } from '../../libs/store/testing/waiting.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const GIVEN = 'given-0123456789-0123456789-0123456789';

let db: TestStore;
let store: MemoryStore;
let server: TestServer;
let senders: Senders;
let closeTokens: () => Promise<void>;

beforeEach(async () => {
  db = await openTestStore();
  const pool = db.store.healthPool;
  const telemetry = new Telemetry(() => undefined);
  const opened = openIngestTokens({ pool, given: [GIVEN], telemetry, intervalMs: 5 });
  senders = opened.senders;
  closeTokens = opened.close;
  await opened.probe();
  store = new MemoryStore();
  server = await startTestServer(store, {}, {}, senders);
});
afterEach(async () => {
  await server.close();
  await closeTokens();
  await db.close();
});

async function token(change: Partial<TokenToKeep> = {}): Promise<string> {
  const tokens = new PostgresIngestTokens({ pool: db.store.accessPool, clock: systemClock });
  const outcome = await tokens.create(
    {
      name: `token ${Math.random()}`,
      services: null,
      eventsPerSecond: null,
      burst: null,
      bytesPerDay: null,
      disabled: false,
      expiresAt: null,
      ...change,
    },
    { actor: SYSTEM, address: null },
  );
  if (outcome.kind !== 'issued') throw new Error(outcome.kind);
  await until(() => senders.of(`Bearer ${outcome.text}`).kind === 'sender');
  return outcome.text;
}

async function post(body: unknown, headers: Record<string, string> = {}, path = '/logs') {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const stored = (): string[] =>
  store.commits.flat().flatMap((batch) => batch.events.map(({ message }) => message));

describe('ingest with tokens', () => {
  it('takes nothing without one, on any path', async () => {
    for (const path of ['/', '/logs', '/logs/', '/logs/batch', '/logs/ingest/', '/log-event']) {
      const answer = await post({ message: 'x' }, {}, path);
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ status: 401, code: 'no-token' });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="penstock-ingest", Basic realm="penstock-ingest", charset="UTF-8"',
      );
    }
    const wrong = await post({ message: 'x' }, bearer(`pst_aaaaaaaaaaaa_${'A'.repeat(43)}`));
    expect(wrong.body).toMatchObject({ status: 401, code: 'unknown-token' });
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(stored()).toEqual([]);
  });

  it('refuses before it reads the body', async () => {
    const { hostname, port } = new URL(server.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        { hostname, port, path: '/logs', method: 'POST', headers: { 'content-length': 1_000_000 } },
        (response) => {
          resolve(response.statusCode);
          sending.destroy();
        },
      ).on('error', reject);
      sending.flushHeaders();
    });
    expect(status).toBe(401);
  });

  it('takes a token as Bearer, and as the password of Basic', async () => {
    const text = await token();
    expect((await post({ message: 'a' }, bearer(text))).status).toBe(202);
    const basic = `Basic ${Buffer.from(`shipper:${text}`).toString('base64')}`;
    expect((await post({ message: 'b' }, { authorization: basic })).status).toBe(202);
    expect((await post({ message: 'c' }, bearer(GIVEN))).status).toBe(202);
    expect(stored()).toEqual(['a', 'b', 'c']);
  });

  it('names the events of services that are not allowed, and stores the others', async () => {
    const headers = bearer(await token({ services: ['api'] }));
    const answer = await post(
      [{ message: 'a', service: 'api' }, { message: 'b', service: 'web' }, { message: 'c' }],
      headers,
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 1, reason: expect.stringContaining('"web"') },
        { index: 2, reason: expect.stringContaining('service: it is missing') },
      ],
    });
    const none = await post(
      { message: 'd', service: 'web' },
      { ...headers, 'idempotency-key': 'k' },
    );
    expect(none).toMatchObject({ status: 400, body: { code: 'all-rejected' } });
    expect(stored()).toEqual(['a']);
  });

  it('answers 429 above the rate, and stores nothing of the request', async () => {
    const headers = bearer(await token({ eventsPerSecond: 1, burst: 2 }));
    const events = (name: string) => [{ message: `${name}1` }, { message: `${name}2` }];
    expect((await post(events('a'), headers)).status).toBe(202);
    const limited = await post(events('b'), headers);
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
    const seconds = Number(limited.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(2);
    expect(stored()).toEqual(['a1', 'a2']);
    expect(await server.telemetry.metrics()).toContain(
      'penstock_ingest_refused_total{reason="rate-limit"} 1',
    );
  });

  it('answers 429 above the volume of a day, and stores nothing of the request', async () => {
    const headers = bearer(await token({ bytesPerDay: 2_000 }));
    const big = { message: 'x'.repeat(1_200) };
    expect((await post(big, { ...headers, 'idempotency-key': 'one' })).status).toBe(202);
    for (const more of [{}, { 'idempotency-key': 'two' }]) {
      const answer = await post(big, { ...headers, ...more });
      expect(answer).toMatchObject({ status: 429, body: { code: 'daily-volume-reached' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await post({ message: 'small' }, headers)).status).toBe(202);
    expect(stored()).toHaveLength(2);
  });

  it('keeps the Idempotency-Keys of senders apart', async () => {
    const [one, two] = [await token(), await token()];
    const key = { 'idempotency-key': 'same' };
    const first = await post({ message: 'a' }, { ...bearer(one), ...key });
    const again = await post({ message: 'a' }, { ...bearer(one), ...key });
    const other = await post({ message: 'b' }, { ...bearer(two), ...key });
    expect(again.body).toEqual(first.body);
    expect(other.status).toBe(202);
    expect(stored()).toEqual(['a', 'b']);
  });
});

it('without tokens takes events of anybody, whatever credentials are sent', async () => {
  const open = await startTestServer(new MemoryStore(), {}, {}, OPEN_TO_ALL);
  const response = await fetch(`${open.url}/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer whatever' },
    body: '{"message":"x"}',
  });
  expect(response.status).toBe(202);
  await open.close();
});
