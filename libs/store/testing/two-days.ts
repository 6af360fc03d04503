import { openTestStore, type TestStore } from './open-test-store.ts';

/** A store whose catalog has the segments 1 and 2, of 2026-03-10 and 2026-03-11, without tables. */
export async function openTwoDays(): Promise<TestStore> {
  const test = await openTestStore();
  await test.query(
    `INSERT INTO segment (relation, range_start, range_end)
     VALUES ('log_event_a', '2026-03-10', '2026-03-11'), ('log_event_b', '2026-03-11', '2026-03-12')`,
  );
  return test;
}
