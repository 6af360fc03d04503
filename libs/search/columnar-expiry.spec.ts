import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createArchiveJob,
  listSegments,
  restoreSegment,
  type ArchiveParts,
  type ArchiveStep,
} from '#columnar';
import { eventId, MICROS_PER_DAY, MICROS_PER_HOUR, type ParsedEvent } from '#event';
import { JobRunner } from '#store';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select, sortedIds } from './testing/search-fixture.ts';

const NEVER = new AbortController().signal;
const random = seededRandom(29);

/** The job runs 400 days after the first day: after so many, that day is over and the next is not. */
const FIRST_DAY_OVER = 399 * MICROS_PER_DAY;
const BOTH_OVER = 398 * MICROS_PER_DAY;
const NO_ROWS = { kind: 'for', age: 0 } as const;

let fixture: ColumnarFixture;

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

function archive(change: Partial<ArchiveParts> = {}): Promise<void> {
  return fixture.archive({ ...fixture.parts, ...change });
}

/** One run, without the jobs that count and make filters. */
async function runAlone(change: Partial<ArchiveParts>): Promise<void> {
  const { telemetry } = fixture.parts;
  const runner = new JobRunner({
    pool: fixture.test.store.jobPool,
    telemetry,
    random: () => 0.5,
  });
  await runner.runOnce(createArchiveJob({ ...fixture.parts, ...change }));
}

/** Days with something in the storage. */
async function daysInStorage(): Promise<string[]> {
  const entries = await readdir(join(fixture.folder, 'archive'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter((entry) => entry.isFile());
  return [...new Set(files.map((entry) => entry.parentPath.slice(-10)))].sort();
}

/** Only the events that hold for this are expected from now on. */
function expectLeft(isLeft: (event: ColumnarFixture['events'][number]) => boolean): void {
  fixture.events.splice(0, fixture.events.length, ...fixture.events.filter(isLeft));
}

/** Search, count, histogram and facets say the same. */
async function expectAgreement(): Promise<void> {
  for (const query of ['', 'level:info', 'disk level:>=warn', 'service:api', 'retry -disk']) {
    await expectAll(fixture, query);
  }
  const everything = select('', CASES_NOW);
  const { buckets } = await fixture.search.histogram(
    { ...everything, intervalMicros: MICROS_PER_HOUR },
    runOptions(60_000),
  );
  const { values } = await fixture.search.facets(
    { ...everything, field: 'resourceId', limit: 100 },
    runOptions(60_000),
  );
  const wanted = fixture.events.length;
  const counts = buckets.flatMap((bucket) => Object.values(bucket.counts));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wanted);
  expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(wanted);
}

const [FIRST, SECOND] = [0, 1].map((number) =>
  new Date((CASES_NOW + number * MICROS_PER_DAY) / 1_000).toISOString().slice(0, 10),
);

describe('columnar files whose time is over', () => {
  beforeEach(async () => {
    fixture = await openColumnarFixture({ eventsPerFile: 300, lateEvents: 100 });
    await fixture.store(day(0, 500), day(1, 300));
  }, 60_000);
  afterEach(() => fixture.close());

  it('go, with the counts of their events; those that came late stay', async () => {
    await archive({ keepRows: NO_ROWS });
    expect(await fixture.engines()).toEqual(['2 columnar', '2 rows']);
    const late = new Set(day(0, 40));
    await fixture.store([...late]);
    // Of these no rollup tells yet: every event another service.
    const uncounted = day(0, 30).map((event, at) => ({ ...event, service: `service-${at}` }));
    await fixture.store(uncounted);
    const lateIds = new Set(fixture.events.slice(-70).map(eventId));
    await runAlone({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    expect(await fixture.engines()).toEqual(['1 columnar', '2 rows']);
    expectLeft(
      (event) => lateIds.has(eventId(event)) || event.timestamp > CASES_NOW + MICROS_PER_DAY / 2,
    );
    expect(fixture.events).toHaveLength(370);
    await expectAgreement();
    expect(await daysInStorage()).toEqual([FIRST, SECOND]);
    await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    expect(await daysInStorage()).toEqual([SECOND]);
    await expectAgreement();
    await expectAll(fixture, 'service:service-3');
    await fixture.store(day(0, 200));
    await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    expect(await fixture.engines()).toEqual(['1 columnar', '2 rows']);
    await expectAgreement();
  }, 60_000);

  it('leave the rows that Postgres keeps, which do not become files again', async () => {
    // The search remembers filters of the tables.
    await fixture.runJobs();
    await expectAgreement();
    await archive();
    await expectAgreement();
    await archive({ keepFiles: FIRST_DAY_OVER });
    await archive({ keepFiles: FIRST_DAY_OVER });
    expect(await fixture.engines()).toEqual(['1 columnar', '1 kept', '3 rows']);
    expect(await daysInStorage()).toEqual([SECOND]);
    await expectAgreement();
    await fixture.store(day(0, 20));
    await fixture.runJobs();
    await expectAgreement();
    await archive({ keepFiles: null });
    expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '2 rows']);
    await expectAgreement();
  }, 60_000);

  it('leave rows only until their time is over too', async () => {
    await archive();
    const change: Partial<ArchiveParts> = {
      keepRows: { kind: 'for', age: 400 * MICROS_PER_DAY },
      keepFiles: FIRST_DAY_OVER,
    };
    await archive(change);
    expect(await fixture.engines()).toEqual(['1 columnar', '1 kept', '3 rows']);
    const { clock } = fixture.parts;
    await archive({ ...change, clock: () => clock() + MICROS_PER_DAY });
    expectLeft(({ timestamp }) => timestamp > CASES_NOW + MICROS_PER_DAY / 2);
    await archive({ ...change, clock: () => clock() + MICROS_PER_DAY });
    expect(await fixture.engines()).toEqual(['3 rows']);
    await expectAgreement();
    const [held] = await fixture.test.query('SELECT count(*)::int AS count FROM log_event_all');
    expect(held?.['count']).toBe(300);
  }, 60_000);

  it('are counted right where Postgres keeps a part of their events', async () => {
    await archive({ keepRows: NO_ROWS });
    await fixture.store(day(0, 120));
    const lateIds = new Set(fixture.events.slice(-120).map(eventId));
    await archive();
    await archive({ keepFiles: FIRST_DAY_OVER });
    expectLeft(
      (event) => lateIds.has(eventId(event)) || event.timestamp > CASES_NOW + MICROS_PER_DAY / 2,
    );
    expect(fixture.events).toHaveLength(420);
    expect(await fixture.engines()).toEqual(['1 columnar', '3 rows']);
    await expectAgreement();
  }, 60_000);

  it('stay as rows where they were restored, for as long as that was asked for', async () => {
    await archive({ keepRows: NO_ROWS });
    const client = await fixture.test.store.jobPool.connect();
    const segments = await listSegments(client, { from: null, to: null });
    const restored = await restoreSegment(
      {
        client,
        storage: fixture.parts.storage,
        engine: fixture.engine,
        scratch: await mkdtemp(join(fixture.folder, 'restoring-')),
        signal: NEVER,
        between: () => Promise.resolve(),
      },
      segments.find(({ engine }) => engine === 'columnar')?.id ?? 0,
      'infinity',
    );
    client.release();
    expect(restored).toMatchObject({ kind: 'restored', events: 500 });
    await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    await expectAgreement();
    await fixture.test.query(`UPDATE segment SET held_until = now() WHERE held_until IS NOT NULL`);
    await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    expectLeft(({ timestamp }) => timestamp > CASES_NOW + MICROS_PER_DAY / 2);
    expect(await fixture.engines()).toEqual(['1 columnar', '2 rows']);
    await expectAgreement();
  }, 60_000);

  it('are not made of days that are over', async () => {
    await archive({ keepFiles: FIRST_DAY_OVER });
    expect(await fixture.engines()).toEqual(['1 columnar', '1 kept', '2 rows']);
    expect(await daysInStorage()).toEqual([SECOND]);
    await expectAgreement();
  });

  it('go only together with those that overlap them', async () => {
    await archive({ keepRows: NO_ROWS });
    await fixture.test.query(
      `UPDATE segment SET range_start = range_start - interval '1 day'
       WHERE id = (SELECT id FROM segment WHERE engine = 'columnar' ORDER BY range_start DESC LIMIT 1)`,
    );
    await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
    expect(await fixture.engines()).toEqual(['2 columnar', '2 rows']);
    await expectAgreement();
    await archive({ keepRows: NO_ROWS, keepFiles: BOTH_OVER });
    expect(await fixture.engines()).toEqual(['2 rows']);
    expectLeft(() => false);
    await expectAgreement();
  }, 60_000);

  it('stay for a reader that began before, for as long as it reads', async () => {
    await archive({ keepRows: NO_ROWS });
    const expected = sortedIds(fixture.events, 'desc');
    const found: string[] = [];
    for await (const events of fixture.search.export(select('', CASES_NOW), 'desc', NEVER)) {
      found.push(...events.map(eventId));
      await archive({ keepRows: NO_ROWS, keepFiles: BOTH_OVER });
      expect(await fixture.engines()).toEqual(['2 rows']);
      expect(await daysInStorage()).toEqual([FIRST, SECOND]);
    }
    expect(found).toEqual(expected);
    await archive({ keepRows: NO_ROWS, keepFiles: BOTH_OVER });
    expect(await daysInStorage()).toEqual([]);
  }, 60_000);

  it.each<ArchiveStep>(['dropped', 'expired', 'removed'])(
    'killed at the step %s: nothing counts twice, nothing is left behind',
    async (step) => {
      // Where tables are to be dropped, there are some that are kept and some that are read again.
      await archive(step === 'dropped' ? {} : { keepRows: NO_ROWS });
      if (step === 'dropped') await archive({ keepFiles: FIRST_DAY_OVER });
      await fixture.store(day(0, 60));
      const lateIds = new Set(fixture.events.slice(-60).map(eventId));
      const script = join(import.meta.dirname, 'testing/archive-until-killed.ts');
      const folder = join(fixture.folder, 'archive');
      const now = String(fixture.parts.clock());
      const given = [fixture.test.url, folder, step, now, String(FIRST_DAY_OVER)];
      const child = spawn(process.execPath, ['--conditions=source', script, ...given], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
      expectLeft(
        (event) => lateIds.has(eventId(event)) || event.timestamp > CASES_NOW + MICROS_PER_DAY / 2,
      );
      expect(fixture.events).toHaveLength(360);
      await expectAgreement();
      await archive({ keepRows: NO_ROWS, keepFiles: FIRST_DAY_OVER });
      expect(await fixture.engines()).toEqual(['1 columnar', '2 rows']);
      expect(await daysInStorage()).toEqual([SECOND]);
      await expectAgreement();
      expect(
        await fixture.test.query('SELECT FROM columnar_file WHERE segment_id IS NULL'),
      ).toEqual([]);
    },
    60_000,
  );
});
