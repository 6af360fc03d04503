import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros } from '#event';
import { startHeartbeat } from '#store';
import { Telemetry } from '#telemetry';
import { startLossyProxy, type LossyProxy } from '../../store/testing/lossy-proxy.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { until } from '../../store/testing/waiting.ts';
import type { ChangedBy } from '../users/users.ts';
import { expireTokenUsage } from './expire-token-usage.ts';
import type { TokenToKeep } from './ingest-token.ts';
import { PostgresIngestTokens, type IssuedToken } from './ingest-tokens.ts';
import { openIngestTokens, type OpenIngestTokens } from './open-ingest-tokens.ts';
import type { Sender } from './sender.ts';
import type { SenderDecision } from './senders.ts';

let db: TestStore;
let admin: PostgresIngestTokens;
let names = 0;
const opened: OpenIngestTokens[] = [];
let offset: Micros = 0;
const clock = (): Micros => Date.now() * 1_000 + offset;

beforeAll(async () => {
  db = await openTestStore();
  admin = new PostgresIngestTokens({ pool: db.store.accessPool, clock });
}, 60_000);
afterAll(() => db.close());
beforeEach(() => {
  offset = 0;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await db.query('DELETE FROM ingest_token');
  await db.query('DELETE FROM process_heartbeat');
});

/** A process of ingest that reads the tokens all the time. */
function open(
  pool: pg.Pool = db.store.healthPool,
  given: readonly string[] = [],
): OpenIngestTokens {
  const one = openIngestTokens({
    pool,
    given,
    telemetry: new Telemetry(() => undefined),
    clock,
    intervalMs: 5,
  });
  opened.push(one);
  return one;
}

async function ready(one: OpenIngestTokens): Promise<OpenIngestTokens> {
  await one.probe();
  return one;
}

function toKeep(change: Partial<TokenToKeep> = {}): TokenToKeep {
  return {
    name: `token ${++names}`,
    services: null,
    eventsPerSecond: null,
    burst: null,
    bytesPerDay: null,
    disabled: false,
    expiresAt: null,
    ...change,
  };
}

async function issue(change: Partial<TokenToKeep> = {}): Promise<IssuedToken> {
  const outcome = await admin.create(toKeep(change), BY);
  if (outcome.kind !== 'issued') throw new Error(outcome.kind);
  return outcome;
}

const BY: ChangedBy = {
  actor: { kind: 'user', id: 'u1', name: 'ada' },
  address: '192.0.2.7',
};

const bearer = (text: string): string => `Bearer ${text}`;

function senderOf(decision: SenderDecision): Sender {
  if (decision.kind === 'refused') throw new Error(decision.reason);
  return decision.sender;
}

/** Waits until the token is decided on so. */
async function decided(
  { senders }: OpenIngestTokens,
  text: string,
  kindOrReason: string,
): Promise<void> {
  await until(() => {
    const decision = senders.of(bearer(text));
    return (decision.kind === 'sender' ? 'sender' : decision.reason) === kindOrReason;
  });
}

describe('tokens for admins', () => {
  it('are listed by name, without their secret', async () => {
    const { token, text } = await issue({ name: 'web', services: ['web'], bytesPerDay: 5e12 });
    await issue({ name: 'api', eventsPerSecond: 10, burst: 20, expiresAt: 1_900_000_000_000_000 });
    const list = await admin.list();
    expect(list.map(({ name }) => name)).toEqual(['api', 'web']);
    expect(list[1]).toEqual(token);
    expect(list[0]).toMatchObject({
      eventsPerSecond: 10,
      burst: 20,
      bytesPerDay: null,
      expiresAt: 1_900_000_000_000_000,
      today: { events: 0, bytes: 0 },
    });
    const secret = text.slice(-43);
    expect(JSON.stringify(list)).not.toContain(secret);
    const kept = JSON.stringify(await db.query('SELECT * FROM ingest_token'));
    expect(kept).not.toContain(secret);
  });

  it('have names that differ', async () => {
    const { token } = await issue({ name: 'one' });
    await issue({ name: 'two' });
    expect(await admin.create(toKeep({ name: 'one' }), BY)).toEqual({ kind: 'name-taken' });
    expect(await admin.change(token.id, toKeep({ name: 'two' }), BY)).toEqual({
      kind: 'name-taken',
    });
  });

  it('are no more than a bound', async () => {
    await db.query(
      `INSERT INTO ingest_token (id, name, secret_hash, disabled)
       SELECT 'id' || n, 'name' || n, '\\x00', false FROM generate_series(1, 1000) AS n`,
    );
    expect(await admin.create(toKeep(), BY)).toEqual({ kind: 'full' });
  });

  it('are in the audit log with each change, and without their secret', async () => {
    await db.query('DELETE FROM audit_entry');
    const { token, text } = await issue({ name: 'web', services: ['web'] });
    await admin.change(token.id, toKeep({ name: 'site', bytesPerDay: 7 }), BY);
    const rotated = await admin.rotate(token.id, 60, BY);
    await admin.create(toKeep({ name: 'site' }), BY);
    await admin.revoke(token.id, BY);
    await admin.revoke(token.id, BY);
    const entries = await db.query('SELECT * FROM audit_entry ORDER BY id');
    expect(entries).toMatchObject([
      {
        action: 'token.create',
        target: 'web',
        actor: 'ada',
        address: '192.0.2.7',
        detail: { id: token.id, services: ['web'], bytesPerDay: null },
      },
      { action: 'token.update', target: 'site', detail: { services: null, bytesPerDay: 7 } },
      { action: 'token.rotate', detail: { previousUntil: expect.stringMatching(/Z$/) } },
      { action: 'token.revoke', detail: { id: token.id } },
    ]);
    for (const { secret } of [text, rotated?.text ?? ''].map((each) => ({
      secret: each.slice(-43),
    })))
      expect(JSON.stringify(entries)).not.toContain(secret);
  });

  it('that are not there are neither changed, rotated nor revoked', async () => {
    expect(await admin.change('nothing', toKeep(), BY)).toEqual({ kind: 'absent' });
    expect(await admin.rotate('nothing', 60, BY)).toBeNull();
    expect(await admin.revoke('nothing', BY)).toBe(false);
  });
});

it('what tokens sent is forgotten after 90 days', async () => {
  const { token } = await issue();
  await db.query(
    `INSERT INTO ingest_token_usage (token_id, day, events, bytes)
     SELECT $1, current_date - n, 1, 1 FROM generate_series(80, 100) AS n`,
    [token.id],
  );
  const client = await db.store.jobPool.connect();
  expect(await expireTokenUsage.run(client, new AbortController().signal)).toEqual({
    done: 10,
    more: false,
  });
  client.release();
  expect(await db.query('SELECT count(*)::int AS days FROM ingest_token_usage')).toEqual([
    { days: 11 },
  ]);
});

describe('tokens for senders', () => {
  it('are asked for only after they were read', async () => {
    const { text } = await issue();
    const one = open();
    expect(one.senders.of(bearer(text))).toEqual({ kind: 'refused', reason: 'tokens-not-read' });
    expect(one.senders.of(undefined)).toEqual({ kind: 'refused', reason: 'no-token' });
    await ready(one);
    expect(one.senders.of(bearer(text)).kind).toBe('sender');
  });

  it('are made, changed and revoked while ingest runs', async () => {
    const one = await ready(open());
    const { token, text } = await issue();
    await decided(one, text, 'sender');
    expect(one.senders.of(bearer(`${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`))).toEqual(
      { kind: 'refused', reason: 'unknown-token' },
    );
    await admin.change(token.id, toKeep({ disabled: true }), BY);
    await decided(one, text, 'disabled-token');
    await admin.change(token.id, toKeep({ services: ['api'] }), BY);
    await decided(one, text, 'sender');
    expect(senderOf(one.senders.of(bearer(text)))).toMatchObject({ id: token.id });
    expect([...(senderOf(one.senders.of(bearer(text))).services ?? [])]).toEqual(['api']);
    expect(await admin.revoke(token.id, BY)).toBe(true);
    await decided(one, text, 'unknown-token');
  });

  it('are rotated with a time in which both secrets are accepted', async () => {
    const one = await ready(open());
    const { token, text: old } = await issue();
    const rotated = await admin.rotate(token.id, 60, BY);
    expect(rotated?.token.previousUntil).toBeGreaterThan(clock());
    expect(rotated?.token.rotatedAt).not.toBeNull();
    await decided(one, rotated?.text ?? '', 'sender');
    expect(one.senders.of(bearer(old)).kind).toBe('sender');
    offset = 61 * MICROS_PER_SECOND;
    expect(one.senders.of(bearer(old))).toEqual({ kind: 'refused', reason: 'unknown-token' });
    const again = await admin.rotate(token.id, 0, BY);
    await decided(one, again?.text ?? '', 'sender');
    expect(one.senders.of(bearer(rotated?.text ?? ''))).toMatchObject({ kind: 'refused' });
  });

  it('expire', async () => {
    const { text } = await issue({ expiresAt: clock() + 60 * MICROS_PER_SECOND });
    const one = await ready(open());
    expect(one.senders.of(bearer(text)).kind).toBe('sender');
    offset = 61 * MICROS_PER_SECOND;
    expect(one.senders.of(bearer(text))).toEqual({ kind: 'refused', reason: 'expired-token' });
  });

  it('of the environment are accepted without Postgres', async () => {
    const given = 'x'.repeat(40);
    const one = openIngestTokens({
      pool: null,
      given: [given],
      telemetry: new Telemetry(() => undefined),
    });
    expect(senderOf(one.senders.of(bearer(given)))).toMatchObject({ id: 'environment' });
    expect(one.senders.of(bearer('y'.repeat(40)))).toMatchObject({ reason: 'unknown-token' });
    await one.probe();
  });
});

describe('limits', () => {
  it('of a day count what all processes stored, and nothing that was not', async () => {
    const { token, text } = await issue({ bytesPerDay: 1_000 });
    const [one, two] = [await ready(open()), await ready(open())];
    const sender = senderOf(one.senders.of(bearer(text)));
    const charge = sender.charge(3, 600);
    expect(sender.charge(3, 600)).toMatchObject({ kind: 'limited', limit: 'volume' });
    if (charge.kind === 'charged') charge.settle(false);
    const stored = sender.charge(3, 600);
    if (stored.kind === 'charged') {
      stored.settle(true);
      stored.settle(true);
    }
    const other = senderOf(two.senders.of(bearer(text)));
    await until(() => {
      const tried = other.charge(3, 600);
      if (tried.kind === 'charged') tried.settle(false);
      return tried.kind === 'limited';
    });
    expect((await admin.list()).find(({ id }) => id === token.id)?.today).toEqual({
      events: 3,
      bytes: 600,
    });
    const rest = other.charge(1, 400);
    if (rest.kind === 'charged') rest.settle(true);
    const reached = other.limitReached();
    expect(reached?.limit).toBe('volume');
    expect(reached?.retryAfterMs).toBeGreaterThan(0);
    expect(reached?.retryAfterMs).toBeLessThanOrEqual(86_400_000);
    offset = MICROS_PER_DAY;
    expect(other.limitReached()).toBeNull();
  });

  it('of a second are shared by the processes that use them', async () => {
    const { text } = await issue({ eventsPerSecond: 1_000 });
    const beats = [1, 2].map(() =>
      startHeartbeat({
        pool: db.store.healthPool,
        process: { kind: 'ingest', version: 'test' },
        figures: () => ({}),
        telemetry: new Telemetry(() => undefined),
      }),
    );
    const processes = [await ready(open()), await ready(open())];
    const [one, two] = processes.map((each) => senderOf(each.senders.of(bearer(text))));
    const taken = [0, 0];
    const take = (sender: Sender | undefined, at: number): void => {
      const charge = sender?.charge(10, 10);
      if (charge?.kind !== 'charged') return;
      charge.settle(true);
      taken[at] = (taken[at] ?? 0) + 10;
    };
    const started = performance.now();
    await until(() => {
      take(one, 0);
      take(two, 1);
      return performance.now() - started > 3_000;
    });
    const seconds = (performance.now() - started) / 1_000;
    const [first = 0, second = 0] = taken;
    // The rate, and once for each a burst and the time until it knows of the other.
    expect(first + second).toBeLessThan(1_000 * seconds + 2 * 1_000 + 1_000);
    expect(first + second).toBeGreaterThan(1_000 * seconds * 0.8);
    expect(Math.min(first, second)).toBeGreaterThan(0.25 * (first + second));
    await Promise.all(beats.map((beat) => beat.stop()));
  }, 30_000);
});

describe('while Postgres is away', () => {
  let proxy: LossyProxy;
  let pool: pg.Pool;

  beforeEach(async () => {
    proxy = await startLossyProxy(db.url);
    pool = new pg.Pool({ connectionString: proxy.url, connectionTimeoutMillis: 1_000, max: 2 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
    });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await pool.end();
    await proxy.close();
  });

  it('known tokens stay valid, what they send is counted later, and a revocation holds when it is back', async () => {
    const { token, text } = await issue({ bytesPerDay: 1_000 });
    const one = await ready(open(pool));
    await proxy.close();
    const sender = senderOf(one.senders.of(bearer(text)));
    const charge = sender.charge(2, 500);
    if (charge.kind === 'charged') charge.settle(true);
    expect(sender.charge(2, 600)).toMatchObject({ limit: 'volume' });
    expect(one.senders.of(bearer(text)).kind).toBe('sender');
    await proxy.reopen();
    await until(async () => (await admin.list())[0]?.today.bytes === 500);
    await admin.revoke(token.id, BY);
    await decided(one, text, 'unknown-token');
  });
});
