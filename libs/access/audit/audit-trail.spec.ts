import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Micros } from '#event';
import { NOON } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { UNKNOWN_ACTOR, type AuditActor, type AuditEntry } from './audit-log.ts';
import { PostgresAuditTrail, type AuditSearch } from './audit-trail.ts';

let db: TestStore;
let now: Micros;
let audit: PostgresAuditTrail;

beforeAll(async () => {
  db = await openTestStore();
  audit = new PostgresAuditTrail(db.store.accessPool, () => now);
}, 60_000);

beforeEach(async () => {
  now = NOON;
  await db.query('TRUNCATE audit_entry RESTART IDENTITY');
});

afterAll(() => db.close());

const ENTRY: AuditEntry = {
  actor: UNKNOWN_ACTOR,
  action: 'session.login',
  target: 'ada\0',
  address: '192.0.2.7',
  outcome: 'failed',
  detail: { reason: 'wrong\0' },
};
const ADA: AuditActor = { kind: 'user', id: 'ada-id', name: 'Ada' };
const EXPORT: AuditEntry = {
  actor: ADA,
  action: 'events.export',
  target: 'export',
  address: '2001:db8::1',
  outcome: 'ok',
  detail: { q: 'level:error 100%', from: '-1h' },
};
const ANYTHING: AuditSearch = { text: null, from: null, to: null, actor: null, action: null };

const actionsOf = async (search: Partial<AuditSearch>) =>
  (await audit.find({ ...ANYTHING, ...search }, null, 100)).entries.map(({ action }) => action);

describe('the audit log', () => {
  it('keeps what was done, without what Postgres refuses', async () => {
    await audit.record(ENTRY);
    expect(await audit.find(ANYTHING, null, 10)).toEqual({
      entries: [
        {
          ...ENTRY,
          id: '1',
          at: NOON,
          target: 'ada\ufffd',
          detail: { reason: 'wrong\ufffd' },
        },
      ],
      nextCursor: null,
    });
  });

  it('keeps of a detail without end that there was one', async () => {
    await audit.record({ ...ENTRY, detail: { q: 'x'.repeat(9_000) } });
    const { entries } = await audit.find(ANYTHING, null, 1);
    expect(entries[0]?.detail).toEqual({ truncated: true });
  });

  it('is read newest first, page by page, though many have the same time', async () => {
    for (let n = 0; n < 7; n++) {
      if (n === 5) now += 1_000;
      await audit.record({ ...ENTRY, target: String(n) });
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await audit.find(ANYTHING, cursor, 2);
      expect(page.entries.length).toBeLessThanOrEqual(2);
      seen.push(...page.entries.map(({ target }) => target ?? ''));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0']);
    expect((await audit.find(ANYTHING, 'nonsense', 1)).entries[0]?.target).toBe('6');
  });

  it('is searched by time, actor, action and words', async () => {
    await audit.record(ENTRY);
    now += 60_000_000;
    await audit.record(EXPORT);
    expect(await actionsOf({})).toEqual(['events.export', 'session.login']);
    expect(await actionsOf({ from: now })).toEqual(['events.export']);
    expect(await actionsOf({ to: now })).toEqual(['session.login']);
    expect(await actionsOf({ actor: 'ADA' })).toEqual(['events.export']);
    expect(await actionsOf({ action: 'session.login' })).toEqual(['session.login']);
    expect(await actionsOf({ text: 'LEVEL:error 2001:db8' })).toEqual(['events.export']);
    expect(await actionsOf({ text: 'failed ada' })).toEqual(['session.login']);
    expect(await actionsOf({ text: '100%' })).toEqual(['events.export']);
    for (const text of ['%', '_', '\\', "'", '\0'])
      expect(await actionsOf({ text: `${text}x` })).toEqual([]);
  });
});
