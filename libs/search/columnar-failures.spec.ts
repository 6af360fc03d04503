import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createArchiveJob, LocalFolder, type ArchiveParts, type ObjectStorage } from '#columnar';
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, type ParsedEvent } from '#event';
import { parseQuery } from '#query';
import { JobRunner, type JobReport } from '#store';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';

const random = seededRandom(53);

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

function dateOf(number: number): string {
  return new Date((CASES_NOW + number * MICROS_PER_DAY) / 1_000).toISOString().slice(0, 10);
}

describe('one thing that fails in the job that makes columnar files', () => {
  let fixture: ColumnarFixture;
  let now: number;

  beforeEach(async () => {
    fixture = await openColumnarFixture({ lateEvents: 1_000 });
    now = fixture.parts.clock();
  }, 60_000);
  afterEach(() => fixture.close());

  /** Runs of one job, which remembers what it has set aside. */
  function runsOf(change: Partial<ArchiveParts>): () => Promise<JobReport> {
    const job = createArchiveJob({ ...fixture.parts, clock: () => now, ...change });
    const { telemetry } = fixture.parts;
    const pool = fixture.test.store.jobPool;
    const runner = new JobRunner({ pool, telemetry, random: () => 0.5 });
    return async () => {
      for (;;) {
        // The session of a run that failed may still hold the lock.
        const report = await runner.runOnce(job);
        if (report !== null) return report;
      }
    };
  }

  it.each([
    ['missing', (path: string) => rm(path), 'the storage holds no'],
    ['spoilt', (path: string) => writeFile(path, 'x'), 'other bytes of'],
  ])(
    'a %s file: retention of other days goes on, and so does archiving',
    async (_way, spoil, said) => {
      await fixture.store(day(0, 200), day(1, 150));
      await fixture.archive();
      const folder = join(fixture.folder, 'archive', dateOf(0));
      const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.parquet'));
      const path = join(folder, file);
      const whole = await readFile(path);
      await spoil(path);
      await fixture.store(day(2, 100));
      await fixture.runJobs();
      const match = parseQuery('level:info');
      const rule = { match, keep: 10 * MICROS_PER_DAY };
      const run = runsOf({ retention: { rules: [rule], keep: null } });
      await expect(run()).rejects.toMatchObject({
        code: 'archive-job',
        message: expect.stringMatching(new RegExp(`^retention: .*${said} .*${file}`)),
      });
      expect(await fixture.engines()).toEqual(['3 columnar', '3 kept', '3 rows']);
      expect(await counted()).toEqual([true, false, true]);
      // It is told once, and tried again later.
      await run();
      await writeFile(path, whole);
      await run();
      expect(await counted()).toEqual([true, false, false]);
      now += MICROS_PER_MINUTE;
      await run();
      expect(await counted()).toEqual([false, false, false]);
      const left = fixture.events.filter(({ level }) => level !== 'info');
      fixture.events.splice(0, fixture.events.length, ...left);
      await expectAll(fixture);
    },
    60_000,
  );

  /** Whether days still count events of the level. */
  async function counted(): Promise<boolean[]> {
    const rows = await fixture.test.query(
      `SELECT sum(events) > 0 AS held FROM rollup_minute WHERE level = 2
       GROUP BY date_trunc('day', minute, 'UTC') ORDER BY date_trunc('day', minute, 'UTC')`,
    );
    return rows.map((row) => row['held'] === true);
  }

  it('a table that cannot be stored: later ones become files before it is tried again', async () => {
    await fixture.store(day(0, 200), day(1, 150), day(2, 100));
    await fixture.runJobs();
    let broken = true;
    let tried = 0;
    const { storage } = fixture.parts;
    const put: ObjectStorage['put'] = async (name, path, signal) => {
      if (!name.startsWith(dateOf(0))) return storage.put(name, path, signal);
      tried++;
      if (broken) throw new Error('no space is left');
      await storage.put(name, path, signal);
    };
    const run = runsOf({
      storage: Object.assign(Object.create(storage) as ObjectStorage, { put }),
    });
    await expect(run()).rejects.toThrow(/^archiving: log_event_\d+: no space is left$/);
    while ((await run()).more);
    expect(tried).toBe(1);
    expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '4 rows']);
    now += MICROS_PER_MINUTE;
    await expect(run()).rejects.toThrow('no space is left');
    now += MICROS_PER_MINUTE;
    await run();
    expect(tried).toBe(2);
    broken = false;
    now += MICROS_PER_MINUTE;
    await run();
    expect(await fixture.engines()).toEqual(['3 columnar', '3 kept', '3 rows']);
    await expectAll(fixture);
  }, 60_000);

  it('another folder: nothing is put there', async () => {
    await fixture.store(day(0, 200));
    await fixture.archive();
    await fixture.store(day(1, 100));
    await fixture.runJobs();
    const wrong = join(fixture.folder, 'another');
    const run = runsOf({ storage: await LocalFolder.open(wrong) });
    await expect(run()).rejects.toThrow('it is another folder, or not mounted');
    expect(await readdir(wrong)).toEqual([]);
    await fixture.archive();
    expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '2 rows']);
    await expectAll(fixture);
  }, 60_000);
});
