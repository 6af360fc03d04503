import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS, MICROS_PER_DAY, MICROS_PER_HOUR } from '#event';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';

const signal = new AbortController().signal;

describe('group writer', () => {
  let db: TestStore;
  beforeAll(async () => {
    db = await openTestStore();
  });
  afterAll(() => db.close());

  const commit = (...batches: ReturnType<typeof buildBatch>[]) =>
    db.store.writer.commit(batches, signal);

  test('stores every field of an event as it is', async () => {
    const event = buildEvent({
      timestamp: NOON + 123_456,
      level: 'fatal',
      levelText: 'CRITICAL',
      message: 'tab\tline\nback\\slash "quote" Ünïcödé 日本 \u{1F600}',
      traceId: 'träce',
      spanId: 'a span id that is longer than short texts are',
      commit: 'c0ffee',
      eventType: '',
      parentResourceId: 'parent',
      metadata: { parentResourceId: 'parent', nested: { ä: [1, 2.5, null, true] } },
    });
    const result = await commit(buildBatch([event]));
    expect(result.dispositions).toEqual(['stored']);
    const rows = await db.query(
      `SELECT to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US') AS ts, ordinal, level, level_text, message, resource_id, trace_id,
              span_id, commit, service, event_type, parent_resource_id, metadata
         FROM log_event WHERE group_seq = $1`,
      [result.groupSeq],
    );
    expect(rows).toEqual([
      {
        ts: '2026-03-10 12:00:00.123456',
        ordinal: 0,
        level: 5,
        level_text: 'CRITICAL',
        message: event.message,
        resource_id: 'server-1234',
        trace_id: 'träce',
        span_id: event.spanId,
        commit: 'c0ffee',
        service: 'db',
        event_type: '',
        parent_resource_id: 'parent',
        metadata: JSON.parse(event.metadataText) as unknown,
      },
    ]);
  });

  test('stores an error whose indexed fields are as long as may be', async () => {
    // Random, so that the index cannot compress them.
    const longest = () => randomBytes(LIMITS.textFieldBytes / 2).toString('hex');
    const event = buildEvent({ level: 'error', resourceId: longest(), service: longest() });
    const { groupSeq } = await commit(buildBatch([event]));
    const rows = await db.query('SELECT resource_id, service FROM log_event WHERE group_seq = $1', [
      groupSeq,
    ]);
    expect(rows).toEqual([{ resource_id: event.resourceId, service: event.service }]);
  });

  test('stores times exactly, from 1970 to a day ahead', async () => {
    const timestamps = [0, 1, 946_684_799_999_999, NOON + MICROS_PER_DAY - 1, NOON - 1];
    const result = await commit(
      buildBatch(timestamps.map((timestamp) => buildEvent({ timestamp }))),
    );
    const rows = await db.query(
      `SELECT (extract(epoch FROM ts) * 1000000)::bigint::text AS micros FROM log_event
        WHERE group_seq = $1 ORDER BY ordinal`,
      [result.groupSeq],
    );
    expect(rows.map(({ micros }) => Number(micros))).toEqual(timestamps);
  });

  test('stores a message of 1 MiB and many rows behind it', async () => {
    const message = 'ü'.repeat(512 * 1024);
    const events = [buildEvent({ message }), ...Array.from({ length: 3_000 }, () => buildEvent())];
    const result = await commit(buildBatch(events));
    const [row] = await db.query(
      'SELECT count(*)::int AS count, max(octet_length(message)) AS longest FROM log_event WHERE group_seq = $1',
      [result.groupSeq],
    );
    expect(row).toEqual({ count: 3_001, longest: 1024 * 1024 });
  });

  test('numbers groups in the order of the calls, whatever each has to wait for', async () => {
    const calls = Array.from({ length: 12 }, (_, i) => {
      // Every third group needs a partition of its own first.
      const timestamp = i % 3 === 0 ? NOON - (400 + 31 * i) * MICROS_PER_DAY : NOON;
      return db.store.writer.commit([buildBatch([buildEvent({ timestamp })])], signal);
    });
    const numbers = (await Promise.all(calls)).map((result) => result.groupSeq!);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test('stores 500 events of 100 days, whose partitions come in one transaction', async () => {
    const fresh = await openTestStore();
    const events = Array.from({ length: 500 }, (_, i) =>
      buildEvent({
        timestamp: NOON - 400 * MICROS_PER_DAY + (i % 100) * MICROS_PER_DAY * 4,
        message: `event ${i}`,
      }),
    );
    const result = await fresh.store.writer.commit([buildBatch(events)], signal);
    const rows = await fresh.query(
      'SELECT ordinal, message FROM log_event WHERE group_seq = $1 ORDER BY ordinal',
      [result.groupSeq],
    );
    const [created] = await fresh.query(
      'SELECT count(DISTINCT xmin::text)::int AS transactions, count(*)::int AS partitions FROM segment',
    );
    await fresh.close();
    expect(rows).toEqual(events.map(({ message }, ordinal) => ({ ordinal, message })));
    // 13 months and the days of the window that a step of four days touches.
    expect(created).toEqual({ transactions: 1, partitions: expect.any(Number) });
    expect(Number(created!['partitions'])).toBeGreaterThan(20);
  });

  test('says duplicate for a batch of an earlier group and for one of the same group', async () => {
    const first = buildBatch([buildEvent()]);
    const second = buildBatch([buildEvent(), buildEvent()]);
    const third = buildBatch([buildEvent()]);
    await commit(first);
    const result = await commit(second, first, third, second);
    expect(result.dispositions).toEqual(['stored', 'duplicate', 'stored', 'duplicate']);
    const rows = await db.query(
      'SELECT ordinal FROM log_event WHERE group_seq = $1 ORDER BY ordinal',
      [result.groupSeq],
    );
    expect(rows).toEqual([{ ordinal: 0 }, { ordinal: 1 }, { ordinal: 2 }]);
    expect(await commit(first, second)).toEqual({
      dispositions: ['duplicate', 'duplicate'],
      groupSeq: null,
      commitSeq: null,
    });
  });

  test('says conflict for an id with another body', async () => {
    const batch = buildBatch([buildEvent()], { bodyHash: 'aa'.repeat(32) });
    const other = { ...batch, bodyHash: 'bb'.repeat(32) };
    expect((await commit(batch, other)).dispositions).toEqual(['stored', 'conflict']);
    expect((await commit(other, batch)).dispositions).toEqual(['conflict', 'duplicate']);
    expect((await commit(other, other, batch, { ...batch, bodyHash: null })).dispositions).toEqual([
      'conflict',
      'conflict',
      'duplicate',
      'duplicate',
    ]);
    const found = await db.store.ledger.find([batch.id, buildBatch([]).id]);
    expect([...found.values()]).toEqual([
      {
        id: batch.id,
        receivedAt: NOON,
        bodyHash: batch.bodyHash,
        groupSeq: expect.any(Number),
      },
    ]);
  });

  test('refuses an id that is no UUID, and stores nothing of its group', async () => {
    const good = buildBatch([buildEvent()]);
    const bad = buildBatch([buildEvent()], { id: "'); DROP TABLE log_event; --" });
    await expect(commit(good, bad)).rejects.toThrow(RangeError);
    expect((await commit(good)).dispositions).toEqual(['stored']);
  });

  test('creates a partition again that another process removed', async () => {
    const timestamp = NOON - 3 * MICROS_PER_HOUR - MICROS_PER_DAY;
    await commit(buildBatch([buildEvent({ timestamp })]));
    await db.query(`BEGIN; DELETE FROM segment WHERE relation = 'log_event_20260309';
      DROP TABLE log_event_20260309; COMMIT`);
    const result = await commit(buildBatch([buildEvent({ timestamp })]));
    const [row] = await db.query('SELECT count(*)::int AS count FROM log_event_20260309');
    expect(result.dispositions).toEqual(['stored']);
    expect(row).toEqual({ count: 1 });
  });

  test('commits durably where the database is set to be careless', async () => {
    await db.query(`CREATE TABLE seen (setting text);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE TRIGGER note AFTER INSERT ON log_group FOR EACH ROW EXECUTE FUNCTION note();
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`);
    const other = await openTestStoreOn(db.url);
    await other.writer.commit([buildBatch([buildEvent()])], signal);
    await other.close();
    expect(await db.query('SELECT setting FROM seen')).toEqual([{ setting: 'on' }]);
    await db.query('DROP TRIGGER note ON log_group');
  });

  async function openTestStoreOn(url: string) {
    const { openStore } = await import('../store.ts');
    const { Telemetry } = await import('#telemetry');
    return openStore({ url, telemetry: new Telemetry(() => undefined), clock: () => NOON });
  }
});
