import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MICROS_PER_DAY, MICROS_PER_MINUTE, type LogEvent } from '#event';
import { parseQuery } from '#query';
import { Telemetry } from '#telemetry';
import { mayContain } from '../skip-index/bloom-filter.ts';
import { buildBatch, buildEvent, NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import { buildFilters } from './build-filters.ts';
import { expireLedger } from './expire-ledger.ts';
import { createFoldGroups } from './fold-groups.ts';
import { JobRunner } from './job-runner.ts';
import type { Job } from './job.ts';
import { mergeRemainders, mergeRollups } from './merge-rollups.ts';
import { createRetention, type RetentionPolicy } from './retention.ts';
import { createSummariseBrin } from './summarise-brin.ts';

const signal = new AbortController().signal;
const telemetry = new Telemetry(() => undefined);

let db: TestStore;
let runner: JobRunner;

beforeEach(async () => {
  db = await openTestStore();
  runner = new JobRunner({ pool: db.store.jobPool, telemetry, random: () => 0.5 });
});
afterEach(async () => {
  await runner.close();
  await db.close();
});

async function commit(events: readonly LogEvent[]): Promise<void> {
  await db.store.writer.commit([buildBatch(events)], signal);
}

/** Groups of all sizes: some append their rollups themselves, some are left to the job. */
async function commitMixedGroups(): Promise<void> {
  for (const size of [1, 3, 40, 700, 2_000]) {
    await commit(
      Array.from({ length: size }, (_, i) =>
        buildEvent({
          timestamp: NOON - (i % 5) * 40 * MICROS_PER_MINUTE,
          level: i % 7 === 0 ? 'error' : 'info',
          service: i % 3 === 0 ? null : `service-${i % 2}`,
          resourceId: `server-${i % 11}`,
          message: `group of ${size}, event ${i}`,
        }),
      ),
    );
  }
}

const MINUTE_TRUTH = `SELECT date_trunc('minute', ts) AS minute, level, service, count(*)::int AS events
  FROM log_event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
const MINUTE_ROLLUP = `SELECT minute, level, service, sum(events)::int AS events
  FROM rollup_minute GROUP BY 1, 2, 3 HAVING sum(events) <> 0 ORDER BY 1, 2, 3`;
const HOUR_TRUTH = `SELECT date_trunc('hour', ts) AS hour, service, resource_id, level, count(*)::int AS events
  FROM log_event GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
const HOUR_ROLLUP = `SELECT hour, service, resource_id, level, sum(events)::int AS events
  FROM rollup_hour GROUP BY 1, 2, 3, 4 HAVING sum(events) <> 0 ORDER BY 1, 2, 3, 4`;

async function expectRollupsToBeTrue(): Promise<void> {
  expect(await db.query(MINUTE_ROLLUP)).toEqual(await db.query(MINUTE_TRUTH));
  expect(await db.query(HOUR_ROLLUP)).toEqual(await db.query(HOUR_TRUTH));
}

describe('rollups', () => {
  test('count every event once after folding, before and after merging', async () => {
    await commitMixedGroups();
    const pending = await db.query(
      'SELECT 1 FROM log_group WHERE NOT (minute_rollup AND hour_rollup)',
    );
    expect(pending.length).toBeGreaterThan(0);

    const folded = await runner.runOnce(createFoldGroups(0));
    expect(folded).toEqual({ done: pending.length, more: false });
    await expectRollupsToBeTrue();
    expect(await runner.runOnce(createFoldGroups(0))).toEqual({ done: 0, more: false });

    await runner.runOnce(mergeRollups);
    await expectRollupsToBeTrue();
    expect(await db.query('SELECT 1 FROM rollup_minute WHERE NOT merged')).toEqual([]);
    expect(await db.query('SELECT 1 FROM rollup_hour WHERE NOT merged')).toEqual([]);

    await commitMixedGroups();
    await runner.runOnce(createFoldGroups(0));
    await runner.runOnce(mergeRollups);
    await expectRollupsToBeTrue();
  });

  test('are not merged again for a few rows, unless some are to be taken out', async () => {
    const count = (from: number, to: number): Promise<void> =>
      commit(
        Array.from({ length: (to - from) * 5 }, (_, i) =>
          buildEvent({ resourceId: `r${from + (i % (to - from))}` }),
        ),
      );
    const merged = async (): Promise<unknown> =>
      db.query(`SELECT count(*) FILTER (WHERE merged)::int AS merged, count(*) FILTER (WHERE NOT merged)::int AS waits
        FROM rollup_hour`);
    await count(0, 100);
    await runner.runOnce(mergeRollups);
    expect(await merged()).toEqual([{ merged: 100, waits: 0 }]);
    await count(0, 49);
    expect(await runner.runOnce(mergeRollups)).toMatchObject({ more: false });
    expect(await merged()).toEqual([{ merged: 100, waits: 49 }]);
    await expectRollupsToBeTrue();
    await runner.runOnce(mergeRemainders);
    expect(await merged()).toEqual([{ merged: 100, waits: 0 }]);
    await expectRollupsToBeTrue();
    await count(0, 49);
    await count(100, 101);
    await runner.runOnce(mergeRollups);
    expect(await merged()).toEqual([{ merged: 101, waits: 0 }]);
    await expectRollupsToBeTrue();
    await db.query(
      `INSERT INTO rollup_hour SELECT hour, service, resource_id, level, -events FROM rollup_hour WHERE resource_id = 'r7'`,
    );
    await runner.runOnce(mergeRollups);
    expect(await merged()).toEqual([{ merged: 100, waits: 0 }]);
  });

  test('leave an hour with too many resources to scans', async () => {
    const events = Array.from({ length: 10_001 }, (_, i) => buildEvent({ resourceId: `r${i}` }));
    await commit(events);
    await commit([buildEvent({ timestamp: NOON - 2 * 60 * MICROS_PER_MINUTE })]);
    // So many keys are appended by their writer at once, beside the job.
    await db.store.writer.flushRollups();
    await runner.runOnce(createFoldGroups(0));
    await runner.runOnce(mergeRollups);
    const hours = await db.query('SELECT hour::text AS hour FROM rollup_hour_overflow');
    expect(hours).toEqual([{ hour: '2026-03-10 12:00:00+00' }]);
    expect(
      await db.query('SELECT hour::text AS hour, events::int AS events FROM rollup_hour'),
    ).toEqual([{ hour: '2026-03-10 10:00:00+00', events: 1 }]);
  });
});

interface FilterRow {
  readonly first_group: string;
  readonly last_group: string;
  readonly events: number;
  readonly bits: Buffer;
}

async function filters(): Promise<FilterRow[]> {
  const rows = await db.query(
    'SELECT first_group, last_group, events, bits FROM skip_filter ORDER BY first_group',
  );
  return rows as unknown as FilterRow[];
}

describe('filters', () => {
  test('cover small groups once there are thousands of events', async () => {
    for (let group = 0; group < 20; group++) {
      await commit(
        Array.from({ length: 300 }, (_, i) =>
          buildEvent({
            timestamp: NOON + group * 1_000_001 + i,
            message: `needle${group}x${i}`,
            traceId: `trace-${group}`,
          }),
        ),
      );
    }
    await runner.runOnce(buildFilters);
    expect(await db.query('SELECT 1 FROM group_part')).toEqual([]);
    const built = await filters();
    expect(built.map((filter) => filter.events)).toEqual([5_100, 900]);
    expect(mayContain(built[0]!.bits, 'needle3x7')).toBe(true);
    expect(mayContain(built[0]!.bits, 'traceId=trace-16')).toBe(true);
    expect(mayContain(built[0]!.bits, 'traceId=trace-17')).toBe(false);
    expect(mayContain(built[1]!.bits, 'needle19x299')).toBe(true);
    // One transaction for all would keep writers waiting while the rows of the next one are read.
    const transactions = await db.query('SELECT DISTINCT xmin::text FROM skip_filter');
    expect(transactions).toHaveLength(2);
    const extents = await db.query(
      'SELECT min(min_ts) AS min, max(max_ts) AS max FROM skip_filter',
    );
    expect(extents).toEqual(await db.query('SELECT min(ts), max(ts) FROM log_event'));
  });

  test('leave young parts alone and take stale ones however small', async () => {
    await commit([buildEvent({ message: 'lonely' })]);
    expect(await runner.runOnce(buildFilters)).toEqual({ done: 0, more: false });
    await db.query(`UPDATE log_group SET committed_at = now() - interval '2 minutes'`);
    expect(await runner.runOnce(buildFilters)).toEqual({ done: 1, more: false });
    const built = await filters();
    expect(built.map((filter) => filter.events)).toEqual([1]);
    expect(mayContain(built[0]!.bits, 'lonely')).toBe(true);
  });

  test('span no group that has a filter of its own', async () => {
    await commit([buildEvent({ message: 'before' })]);
    await commit(Array.from({ length: 600 }, (_, i) => buildEvent({ message: `large ${i}` })));
    await commit([buildEvent({ message: 'after' })]);
    await db.query(`UPDATE log_group SET committed_at = now() - interval '2 minutes'`);
    expect(await runner.runOnce(buildFilters)).toEqual({ done: 2, more: false });
    const built = await filters();
    expect(built.map((filter) => filter.events)).toEqual([1, 600, 1]);
    expect(built.every((filter) => filter.first_group === filter.last_group)).toBe(true);
  });

  test('join once there are several small ones', async () => {
    for (let group = 0; group < 8; group++) {
      await commit([buildEvent({ message: `drop${group}` })]);
      await db.query(`UPDATE log_group SET committed_at = now() - interval '2 minutes'`);
      await runner.runOnce(buildFilters);
    }
    expect(await filters()).toHaveLength(8);
    await runner.runOnce(buildFilters);
    const [joined, ...others] = await filters();
    expect(others).toEqual([]);
    expect(joined!.events).toBe(8);
    for (let group = 0; group < 8; group++)
      expect(mayContain(joined!.bits, `drop${group}`)).toBe(true);
  });
});

test('BRIN knows the pages that were written', async () => {
  await commit(Array.from({ length: 5_000 }, () => buildEvent({ message: 'x'.repeat(200) })));
  const report = await runner.runOnce(createSummariseBrin());
  expect(report!.done).toBeGreaterThan(0);
  const left = await db.query(`SELECT brin_summarize_new_values(c.oid) AS pages FROM pg_class AS c
    JOIN pg_am ON pg_am.oid = c.relam WHERE amname = 'brin' AND relname LIKE 'log_event%' AND relkind = 'i'`);
  expect(left).toEqual([{ pages: 0 }]);
});

test('the ledger forgets what is older than seven days, and nothing else', async () => {
  await commit([buildEvent()]);
  await commit([buildEvent()]);
  await db.query(
    `UPDATE ingest_batch SET stored_at = now() - interval '8 days'
     WHERE id = (SELECT id FROM ingest_batch ORDER BY group_seq LIMIT 1)`,
  );
  expect(await runner.runOnce(expireLedger)).toEqual({ done: 1, more: false });
  expect(await db.query('SELECT count(*)::int AS left FROM ingest_batch')).toEqual([{ left: 1 }]);
});

describe('retention', () => {
  const retention = (policy: RetentionPolicy): Job =>
    createRetention({ policy, clock: () => NOON, telemetry });

  /** One debug, info and auth event on each of the days 0 to 9 before NOON. */
  async function commitTenDays(): Promise<void> {
    for (let day = 0; day < 10; day++) {
      const timestamp = NOON - day * MICROS_PER_DAY - 1;
      await commit([
        buildEvent({ timestamp, level: 'debug' }),
        buildEvent({ timestamp, level: 'info' }),
        buildEvent({ timestamp, level: 'debug', service: 'auth' }),
      ]);
    }
    await runner.runOnce(createFoldGroups(0));
  }

  async function eventsLeft(): Promise<unknown[]> {
    return db.query(
      'SELECT level, service, count(*)::int AS events FROM log_event GROUP BY 1, 2 ORDER BY 1, 2',
    );
  }

  test('is off without a policy', async () => {
    await commitTenDays();
    expect(await runner.runOnce(retention({ rules: [], keep: null }))).toEqual({
      done: 0,
      more: false,
    });
    expect(await db.query('SELECT count(*)::int AS events FROM log_event')).toEqual([
      { events: 30 },
    ]);
  });

  test('drops whole partitions where nothing in them may stay', async () => {
    await commitTenDays();
    await runner.runOnce(retention({ rules: [], keep: 3 * MICROS_PER_DAY }));
    // The partition of the third day before is half expired, so it stays until its end has passed.
    expect(await db.query('SELECT count(*)::int AS events FROM log_event')).toEqual([
      { events: 12 },
    ]);
    expect(await db.query('SELECT count(*)::int AS segments FROM segment')).toEqual([
      { segments: 4 },
    ]);
    await expectRollupsToBeTrue();
  });

  test('deletes by rule, the first that matches deciding, and takes it out of the rollups', async () => {
    await commitTenDays();
    const policy: RetentionPolicy = {
      rules: [
        { match: parseQuery('service:auth'), keep: 8 * MICROS_PER_DAY },
        { match: parseQuery('level:debug'), keep: 2 * MICROS_PER_DAY },
      ],
      keep: null,
    };
    await runner.runOnce(retention(policy));
    expect(await eventsLeft()).toEqual([
      { level: 1, service: 'auth', events: 8 },
      { level: 1, service: 'db', events: 2 },
      { level: 2, service: 'db', events: 10 },
    ]);
    await expectRollupsToBeTrue();
    await runner.runOnce(mergeRollups);
    await expectRollupsToBeTrue();
    expect(await runner.runOnce(retention(policy))).toEqual({ done: 0, more: false });
  });

  test('writers go on after their partition was dropped', async () => {
    await commitTenDays();
    await runner.runOnce(retention({ rules: [], keep: 3 * MICROS_PER_DAY }));
    await commit([buildEvent({ timestamp: NOON - 9 * MICROS_PER_DAY, message: 'late' })]);
    expect(await db.query(`SELECT message FROM log_event WHERE message = 'late'`)).toHaveLength(1);
  });

  test('refuses a rule over other fields', () => {
    const rules = [{ match: parseQuery('message:x'), keep: MICROS_PER_DAY }];
    expect(() => retention({ rules, keep: null })).toThrow(/level and service only/);
  });
});

describe('job runner', () => {
  const job = (run: Job['run']): Job => ({ name: 'probe', lock: 'probe', intervalMs: 1, run });

  test('runs a job in one process at a time', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      running = resolve;
    });
    const first = runner.runOnce(
      job(async () => {
        running();
        await held;
        return { done: 1, more: false };
      }),
    );
    await started;
    expect(await runner.runOnce(job(() => Promise.resolve({ done: 2, more: false })))).toBeNull();
    release();
    expect(await first).toEqual({ done: 1, more: false });
    expect(await runner.runOnce(job(() => Promise.resolve({ done: 3, more: false })))).toEqual({
      done: 3,
      more: false,
    });
  });

  test('goes on after a failure, says so, and leaves no lock behind', async () => {
    const events: string[] = [];
    const watched = new JobRunner({
      pool: db.store.jobPool,
      telemetry: new Telemetry((line) => events.push(line.event)),
      random: () => 0,
    });
    let runs = 0;
    await new Promise<void>((resolve) => {
      watched.start([
        job(async (client) => {
          runs += 1;
          if (runs === 1) await client.query('SELECT 1 / 0');
          resolve();
          return { done: 1, more: false };
        }),
      ]);
    });
    await watched.close();
    expect(events).toContain('job_failed');
  });
});
