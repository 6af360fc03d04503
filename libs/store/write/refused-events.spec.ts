import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MICROS_PER_DAY, normaliseEvent } from '#event';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';

const signal = new AbortController().signal;

const REFUSE_POISON = `
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.message LIKE 'poison%' THEN RAISE EXCEPTION 'poison is not stored'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON log_event FOR EACH ROW EXECUTE FUNCTION refuse()`;

describe('events that Postgres refuses', () => {
  let db: TestStore;
  beforeAll(async () => {
    db = await openTestStore();
    await db.query(REFUSE_POISON);
  });
  afterAll(() => db.close());

  async function countOf(groupSeq: number | null): Promise<unknown> {
    const [row] = await db.query(
      `SELECT count(*)::int AS rows, (SELECT events FROM log_group WHERE group_seq = $1) AS stated,
              (SELECT sum(events)::int FROM rollup_minute) AS rolled_up
         FROM log_event WHERE group_seq = $1`,
      [groupSeq],
    );
    return row;
  }

  test('one of 5,000 goes into quarantine with its reason, 4,999 are stored', async () => {
    const batches = Array.from({ length: 10 }, (_, b) =>
      buildBatch(
        Array.from({ length: 500 }, (_, i) =>
          buildEvent({
            timestamp: NOON - (i % 2) * MICROS_PER_DAY,
            message: b === 7 && i === 123 ? 'poison' : `event ${b} ${i}`,
            levelText: 'NOTICE',
            metadata: { n: i },
          }),
        ),
      ),
    );
    const result = await db.store.writer.commit(batches, signal);
    expect(new Set(result.dispositions)).toEqual(new Set(['stored']));
    expect(await countOf(result.groupSeq)).toEqual({
      rows: 4_999,
      stated: 4_999,
      rolled_up: 4_999,
    });
    const { entries } = await db.store.quarantine.list({ cursor: null, reason: null, limit: 10 });
    expect(entries).toEqual([
      {
        id: expect.any(String),
        quarantinedAt: expect.any(Number),
        reason: 'refused-by-database',
        detail: 'P0001: poison is not stored',
        batchId: batches[7]!.id,
        events: 1,
      },
    ]);
    const raw = await db.store.quarantine.raw(entries[0]!.id);
    const again = normaliseEvent(JSON.parse(raw!.toString()), NOON);
    expect(again).toMatchObject({ ok: true, event: batches[7]!.events[123] });
    expect((await db.store.writer.commit(batches, signal)).dispositions).toEqual(
      batches.map(() => 'duplicate'),
    );
  });

  test('a batch of which nothing can be stored is quarantined, the others are stored', async () => {
    const poison = buildBatch([
      buildEvent({ message: 'poison 1' }),
      buildEvent({ message: 'poison 2' }),
    ]);
    const good = buildBatch([buildEvent()]);
    const mixed = buildBatch([buildEvent({ message: 'poison 3' }), buildEvent()]);
    const result = await db.store.writer.commit([good, poison, mixed], signal);
    expect(result.dispositions).toEqual(['stored', 'quarantined', 'stored']);
    expect(await countOf(result.groupSeq)).toMatchObject({ rows: 2, stated: 2 });
    const [row] = await db.query(
      'SELECT count(*)::int AS count FROM quarantine WHERE batch_id = ANY($1::uuid[])',
      [[poison.id, mixed.id]],
    );
    expect(row).toEqual({ count: 3 });
    const alone = await db.store.writer.commit(
      [buildBatch([buildEvent({ message: 'poison 4' })])],
      signal,
    );
    expect(alone.dispositions).toEqual(['quarantined']);
  });

  test('values that no Postgres takes are refused one by one', async () => {
    const batch = buildBatch([
      buildEvent({ message: 'a\0b' }),
      buildEvent({ metadataText: '{"a":' }),
      buildEvent({ metadataText: '{"a":"\\u0000"}' }),
      buildEvent(),
    ]);
    const result = await db.store.writer.commit([batch], signal);
    expect(result.dispositions).toEqual(['stored']);
    const rows = await db.query(
      'SELECT left(detail, 5) AS code FROM quarantine WHERE batch_id = $1 ORDER BY id',
      [batch.id],
    );
    expect(rows).toEqual([{ code: '22021' }, { code: '22P02' }, { code: '22P05' }]);
  });
});
