import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { normaliseEvent, type Batch } from '#event';
import { Telemetry } from '#telemetry';
import { StoreUnavailableError } from '../errors.ts';
import { openStore } from '../store.ts';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { startLossyProxy } from '../testing/lossy-proxy.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';

describe('quarantine', () => {
  let db: TestStore;
  beforeAll(async () => {
    db = await openTestStore();
  });
  afterAll(() => db.close());

  const groupOf = async ({ id }: Batch): Promise<unknown> =>
    (await db.query(`SELECT group_seq::integer AS n FROM ingest_batch WHERE id = '${id}'`))[0]?.[
      'n'
    ];

  test('keeps a batch as NDJSON of which intake makes the same events', async () => {
    const events = [
      buildEvent({ level: 'warn', levelText: 'WARNING', message: 'line\n"two" ü' }),
      buildEvent({
        traceId: 't',
        spanId: 's',
        commit: 'c',
        eventType: 'INFO',
        metadata: { parentResourceId: 'p', 'a.b': [1, { c: null }] },
        parentResourceId: 'p',
      }),
      buildEvent({ resourceId: null, service: null, message: '' }),
    ];
    const batch = buildBatch(events);
    await db.store.quarantine.add(batch, 'dead-lettered', 'delivered 20 times');
    await db.store.quarantine.add(batch, 'dead-lettered', 'delivered 20 times');
    const { entries } = await db.store.quarantine.list({
      cursor: null,
      reason: 'dead-lettered',
      limit: 10,
    });
    expect(entries).toEqual([
      {
        id: expect.any(String),
        quarantinedAt: expect.any(Number),
        reason: 'dead-lettered',
        detail: 'delivered 20 times',
        batchId: batch.id,
        events: 3,
      },
    ]);
    const raw = await db.store.quarantine.raw(entries[0]!.id);
    const lines = raw!.toString().trimEnd().split('\n');
    const again = lines.map((line) => normaliseEvent(JSON.parse(line), NOON));
    expect(again).toMatchObject(events.map((event) => ({ ok: true, event })));
  });

  test('keeps both of two batches that differ in nothing but their events', async () => {
    const batch = buildBatch([buildEvent({ message: 'the first body' })]);
    const other = { ...batch, events: [buildEvent({ message: 'the second body' })] };
    for (const each of [batch, other, batch, other]) {
      await db.store.quarantine.add(each, 'two-bodies', '');
    }
    const { entries } = await db.store.quarantine.list({
      cursor: null,
      reason: 'two-bodies',
      limit: 10,
    });
    expect(entries).toHaveLength(2);
  });

  test('keeps a batch that is not stored once, and the ledger knows it from then on', async () => {
    const batch = buildBatch([buildEvent(), buildEvent()]);
    const reason = 'delivery-limit';
    for (let times = 0; times < 2; times++) {
      await db.store.quarantine.addUnlessStored(batch, reason, 'too often');
    }
    const { entries } = await db.store.quarantine.list({ cursor: null, reason, limit: 10 });
    expect(entries).toMatchObject([{ reason, detail: 'too often', batchId: batch.id, events: 2 }]);
    // A copy that a retry left in the queue.
    const { signal } = new AbortController();
    const { dispositions } = await db.store.writer.commit([batch], signal);
    expect(dispositions).toEqual(['duplicate']);
    expect(await groupOf(batch)).toBe(0);
  });

  test('does not keep a batch that was stored before', async () => {
    const batch = buildBatch([buildEvent()]);
    await db.store.writer.commit([batch], new AbortController().signal);
    await db.store.quarantine.addUnlessStored(batch, 'stored-before', '');
    const page = await db.store.quarantine.list({
      cursor: null,
      reason: 'stored-before',
      limit: 10,
    });
    expect(page.entries).toEqual([]);
  });

  test('keeps what cannot be read as it was sent, once', async () => {
    const raw = Buffer.from([0, 255, 10, 1]);
    for (let times = 0; times < 2; times++) {
      await db.store.quarantine.addRaw({ batchId: null, events: 0, raw }, 'undecodable', 'why');
    }
    const { entries } = await db.store.quarantine.list({
      cursor: null,
      reason: 'undecodable',
      limit: 10,
    });
    expect(entries).toMatchObject([{ batchId: null, events: 0, detail: 'why' }]);
    expect(await db.store.quarantine.raw(entries[0]!.id)).toEqual(raw);
  });

  test('lists newest first, page by page, by reason', async () => {
    for (let i = 0; i < 7; i++) {
      const reason = i % 2 === 0 ? 'even' : 'odd';
      await db.store.quarantine.add(buildBatch([buildEvent()]), reason, `number ${i}`);
    }
    const details: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof db.store.quarantine.list>> =
        await db.store.quarantine.list({ cursor, reason: 'even', limit: 2 });
      details.push(...page.entries.map(({ detail }) => detail));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== null);
    expect(details).toEqual(['number 6', 'number 4', 'number 2', 'number 0']);
    expect(pages).toBe(2);
  });

  test('deletes an entry once', async () => {
    await db.store.quarantine.add(buildBatch([buildEvent()]), 'gone', '');
    const { entries } = await db.store.quarantine.list({ cursor: null, reason: 'gone', limit: 1 });
    const { id } = entries[0]!;
    expect(await db.store.quarantine.delete(id)).toBe(true);
    expect(await db.store.quarantine.delete(id)).toBe(false);
    expect(await db.store.quarantine.raw(id)).toBeNull();
    for (const unknown of ['0', '', 'x', '99999999999999999999', "1' OR 1=1"]) {
      expect(await db.store.quarantine.raw(unknown)).toBeNull();
      expect(await db.store.quarantine.delete(unknown)).toBe(false);
    }
  });

  test('is unavailable while Postgres is away', async () => {
    const proxy = await startLossyProxy(db.url);
    const distant = await openStore({ url: proxy.url, telemetry: new Telemetry(() => undefined) });
    await proxy.close();
    await expect(
      distant.quarantine.list({ cursor: null, reason: null, limit: 1 }),
    ).rejects.toBeInstanceOf(StoreUnavailableError);
    await distant.close();
  });
});
