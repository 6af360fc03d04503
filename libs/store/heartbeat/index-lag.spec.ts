import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildBatch, buildEvent } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import { readIndexLag } from './index-lag.ts';

let db: TestStore;
beforeAll(async () => {
  db = await openTestStore();
});
afterAll(() => db.close());

async function commit(): Promise<void> {
  const { signal } = new AbortController();
  await db.store.writer.commit([buildBatch([buildEvent()])], signal);
}

test('is the age of the oldest group after the newest covered one', async () => {
  const { healthPool } = db.store;
  await commit();
  expect(await readIndexLag(healthPool)).toBeNull();
  await db.query(`WITH made AS (INSERT INTO search_index (name, seal) VALUES ('day', 1) RETURNING id)
    INSERT INTO index_coverage SELECT id, 1, (SELECT max(commit_seq) FROM log_group), '', 1 FROM made`);
  expect(await readIndexLag(healthPool)).toEqual({ seconds: 0, groups: 0 });
  await commit();
  await commit();
  await db.query(`UPDATE log_group SET committed_at = clock_timestamp() - interval '30 seconds'
    WHERE commit_seq = (SELECT last_commit + 1 FROM index_coverage)`);
  const lag = await readIndexLag(healthPool);
  expect(lag?.groups).toBe(2);
  expect(lag?.seconds).toBeGreaterThanOrEqual(30);
  expect(lag?.seconds).toBeLessThan(60);
});
