import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SCAN_BY_GROUP_SQL } from './scan-by-group.ts';
import { buildBatch, buildEvent } from './testing/events.ts';
import { openTestStore, type TestStore } from './testing/open-test-store.ts';

let db: TestStore;
beforeEach(async () => {
  db = await openTestStore();
});
afterEach(() => db.close());

test('events are found by BRIN, whatever Postgres estimates', async () => {
  const batch = buildBatch(Array.from({ length: 5_000 }, () => buildEvent()));
  await db.store.writer.commit([batch], new AbortController().signal);
  const client = await db.store.jobPool.connect();
  try {
    await client.query(`BEGIN; ${SCAN_BY_GROUP_SQL}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT message FROM log_event WHERE group_seq BETWEEN 1 AND 20',
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Bitmap Index Scan on log_event_\w+_group/);
    expect(plan).not.toMatch(/_order|Seq Scan/);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
