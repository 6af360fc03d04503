import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LogEvent } from '#event';
import { SCAN_BY_GROUP_SQL } from './scan-by-group.ts';
import { buildBatch, buildEvent, NOON } from './testing/events.ts';
import { openTestStore, type TestStore } from './testing/open-test-store.ts';

let db: TestStore;
beforeEach(async () => {
  db = await openTestStore();
});
afterEach(() => db.close());

const NEVER = new AbortController().signal;

let clock = NOON;
/**
 * Events of a time each, as those of real services are. Of one time for all, Postgres 18 finds a group by a skip scan
 * of the index on their order as soon as autovacuum has told it so.
 */
function buildEvents(count: number, message: string): LogEvent[] {
  return Array.from({ length: count }, () => buildEvent({ message, timestamp: (clock += 1_000) }));
}

/** How Postgres reads the events of some groups. */
async function explain(condition: string, options = ''): Promise<string> {
  const client = await db.store.jobPool.connect();
  try {
    await client.query(`BEGIN; ${SCAN_BY_GROUP_SQL}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN ${options} SELECT message FROM log_event WHERE ${condition}`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

test.each(['before', 'after'])(
  'events are found by BRIN %s Postgres has looked at the table',
  async (when) => {
    await db.store.writer.commit([buildBatch(buildEvents(5_000, 'db instance started'))], NEVER);
    if (when === 'after') await db.query('ANALYZE log_event');
    const plan = await explain('group_seq BETWEEN 1 AND 20');
    expect(plan).toMatch(/Bitmap Index Scan on log_event_\w+_group/);
    expect(plan).not.toMatch(/_order|Seq Scan/);
  },
);

test('a group is found in few pages, though small rows of others lie in what it left of them', async () => {
  const store = async (count: number, message: string): Promise<number> => {
    const { groupSeq } = await db.store.writer.commit(
      [buildBatch(buildEvents(count, message))],
      NEVER,
    );
    return groupSeq ?? 0;
  };
  const large: number[] = [];
  for (let at = 0; at < 40; at++) large.push(await store(500, 'large '.repeat(40 + at)));
  const [segment] = await db.query('SELECT relation FROM segment');
  const relation = String(segment?.['relation']);
  const summarise = () => db.query(`SELECT brin_summarize_new_values('${relation}_group')`);
  const pages = async (): Promise<number> => {
    const [table] = await db.query(`SELECT pg_relation_size('${relation}') / 8192 AS pages`);
    return Number(table?.['pages']);
  };
  const read = async (group: number): Promise<number> => {
    const plan = await explain(`group_seq = ${group}`, '(ANALYZE, COSTS OFF)');
    return Number(/Heap Blocks: lossy=(\d+)/.exec(plan)?.[1]);
  };
  await summarise();
  await db.query(`VACUUM ANALYZE ${relation}`);
  const before = await pages();
  const small = await store(2_000, 's');
  await summarise();
  // The small rows lie all over the table, in pages of the others.
  expect(await pages()).toBeLessThan(before * 1.05);
  expect(await read(small)).toBeGreaterThan(before / 2);
  for (const at of [1, 10, 20, 30]) expect(await read(large[at] ?? 0)).toBeLessThanOrEqual(3 * 64);
});
