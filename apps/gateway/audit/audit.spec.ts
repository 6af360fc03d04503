import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { PASSWORD } from '../../../libs/access/testing/access-fixture.ts';
import { openTestStore, type TestStore } from '../../../libs/store/testing/open-test-store.ts';
import { ADMIN_PASSWORD, openTestAccess, TestClient } from '../testing/access-app.ts';
import { EIGHT_O_CLOCK } from '../testing/event-builder.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway-app.ts';

let db: TestStore;
let gateway: TestGateway;
let admin: TestClient;

beforeAll(async () => {
  db = await openTestStore();
  const access = await openTestAccess(db.store, () => EIGHT_O_CLOCK);
  gateway = await startTestGateway({ access, quarantine: db.store.quarantine });
  admin = await TestClient.login(gateway.url, 'admin', ADMIN_PASSWORD);
}, 60_000);

afterAll(async () => {
  await gateway.close();
  await db.close();
});

type Entry = Record<'id' | 'at' | 'action' | 'target' | 'outcome', string> & {
  actor: { kind: string; name: string };
  detail: Record<string, unknown>;
};

async function entries(query = ''): Promise<Entry[]> {
  const { body } = await admin.json('GET', `/api/v1/audit?${query}`);
  return body['entries'] as Entry[];
}

const last = async (query = '') => (await entries(query))[0];

describe('the audit log', () => {
  it('has the first admin and the logins', async () => {
    await new TestClient(gateway.url).call('POST', '/api/v1/session', {
      name: 'admin',
      password: 'wrong',
    });
    expect(
      (await entries()).map(({ actor, action, outcome }) => [actor.name, action, outcome]),
    ).toEqual([
      ['unknown', 'session.login', 'failed'],
      ['admin', 'session.login', 'ok'],
      ['penstock', 'user.create', 'ok'],
    ]);
  });

  it('has exports, with what was asked for', async () => {
    await admin.call('GET', '/api/v1/export?q=level:error&from=2023-01-01T00:00:00Z&format=csv');
    expect(await last()).toMatchObject({
      actor: { kind: 'user', name: 'admin' },
      action: 'events.export',
      target: 'export',
      outcome: 'ok',
      detail: { q: 'level:error', from: '2023-01-01T00:00:00Z', format: 'csv' },
    });
    await admin.call('POST', '/api/v1/export', { q: 'by body' });
    expect((await last())?.detail).toEqual({ q: 'by body' });
    const filter = { key: 'message', value: 'x', operation: 'contains' };
    await admin.call('POST', '/logs/filter/', filter);
    expect(await last()).toMatchObject({ target: 'filter', detail: { filters: filter } });
    await admin.call('GET', '/logs/retrieve?logLevel=ERROR');
    expect(await last()).toMatchObject({ target: 'retrieve', detail: { logLevel: 'ERROR' } });
  });

  it('has what was done to the quarantine', async () => {
    const [row] = await db.query(
      `INSERT INTO quarantine (reason, detail, events, raw) VALUES ('bad', '', 1, '{}') RETURNING id`,
    );
    const id = String(row?.['id']);
    await admin.call('POST', '/api/v1/quarantine/replay', { reason: 'none' });
    expect(await last()).toMatchObject({
      action: 'quarantine.replay',
      target: 'none',
      detail: { state: 'done', replayed: 0, rejected: 0, unknown: 0 },
    });
    const [, begun] = await entries();
    expect(begun).toMatchObject({ target: 'none', detail: { state: 'begun' } });
    expect((await admin.call('DELETE', `/api/v1/quarantine/${id}`)).status).toBe(200);
    expect(await last()).toMatchObject({ action: 'quarantine.delete', target: id });
    const before = (await entries()).length;
    expect((await admin.call('DELETE', `/api/v1/quarantine/${id}`)).status).toBe(404);
    expect(await entries()).toHaveLength(before);
  });

  it('has what was done to users, and their logouts', async () => {
    const body = { name: 'grace', role: 'viewer', password: PASSWORD };
    const { body: added } = await admin.json('POST', '/api/v1/users', body);
    const grace = await TestClient.login(gateway.url, 'grace', PASSWORD);
    await grace.call('DELETE', '/api/v1/session');
    await admin.call('DELETE', `/api/v1/users/${String(added['id'])}`);
    const done = await entries('q=grace');
    expect(done.map(({ actor, action }) => [actor.name, action])).toEqual([
      ['admin', 'user.delete'],
      ['grace', 'session.logout'],
      ['grace', 'session.login'],
      ['admin', 'user.create'],
    ]);
    expect(JSON.stringify(await entries('limit=5000'))).not.toContain(PASSWORD);
  });

  it('is searched, paged and downloaded', async () => {
    expect(await entries('action=quarantine.delete')).toHaveLength(1);
    expect(await entries('actor=penstock')).toHaveLength(1);
    expect(await entries('from=-1m&to=now%2B1m')).not.toHaveLength(0);
    const { body } = await admin.json('GET', '/api/v1/audit?limit=2');
    const next = await admin.json(
      'GET',
      `/api/v1/audit?limit=2&cursor=${String(body['nextCursor'])}`,
    );
    const all = await entries('limit=5000');
    expect([...(body['entries'] as Entry[]), ...(next.body['entries'] as Entry[])]).toEqual(
      all.slice(0, 4),
    );
    const response = await admin.call('GET', '/api/v1/audit/export');
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    // The download itself is the newest.
    expect(lines.map((line) => JSON.parse(line) as Entry).slice(1)).toEqual(all);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ action: 'audit.export' });
  });

  it.each(['action=nothing', 'from=yesterday', 'limit=0', 'q=x&who=me', 'from=now&to=-1h'])(
    'refuses %s',
    async (query) => {
      expect((await admin.call('GET', `/api/v1/audit?${query}`)).status).toBe(400);
    },
  );

  it('holds back what it cannot note: exports, replays and deletions', async () => {
    const [row] = await db.query(
      `INSERT INTO quarantine (reason, detail, events, raw) VALUES ('kept', '', 1, '{}') RETURNING id`,
    );
    const id = String(row?.['id']);
    await db.query('ALTER TABLE audit_entry RENAME TO elsewhere');
    try {
      expect((await admin.call('GET', '/api/v1/export')).status).toBe(500);
      const replay = await admin.call('POST', '/api/v1/quarantine/replay', { ids: [id] });
      expect(replay.status).toBe(500);
      expect((await admin.call('DELETE', `/api/v1/quarantine/${id}`)).status).toBe(500);
    } finally {
      await db.query('ALTER TABLE elsewhere RENAME TO audit_entry');
    }
    // A replay would have taken it out.
    expect((await admin.call('GET', `/api/v1/quarantine/${id}`)).status).toBe(200);
  });
});
