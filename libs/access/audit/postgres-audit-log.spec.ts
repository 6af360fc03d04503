import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NOON } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { UNKNOWN_ACTOR, type AuditEntry } from './audit-log.ts';
import { PostgresAuditLog } from './postgres-audit-log.ts';

let db: TestStore;

beforeAll(async () => {
  db = await openTestStore();
}, 60_000);

afterAll(() => db.close());

const ENTRY: AuditEntry = {
  actor: UNKNOWN_ACTOR,
  action: 'session.login',
  target: 'ada\0',
  address: '192.0.2.7',
  outcome: 'failed',
  detail: { reason: 'wrong\0' },
};

it('keeps what was done, without what Postgres refuses', async () => {
  await new PostgresAuditLog(db.store.accessPool, () => NOON).record(ENTRY);
  expect(await db.query('SELECT * FROM audit_entry')).toEqual([
    {
      id: '1',
      at: new Date(NOON / 1_000),
      actor_kind: 'unknown',
      actor_id: null,
      actor: 'unknown',
      action: 'session.login',
      target: 'ada\ufffd',
      address: '192.0.2.7',
      outcome: 'failed',
      detail: { reason: 'wrong\ufffd' },
    },
  ]);
});

it('keeps of a detail without end that there was one', async () => {
  await new PostgresAuditLog(db.store.accessPool, () => NOON).record({
    ...ENTRY,
    detail: { q: 'x'.repeat(9_000) },
  });
  const [row] = await db.query('SELECT detail FROM audit_entry ORDER BY id DESC LIMIT 1');
  expect(row).toEqual({ detail: { truncated: true } });
});
