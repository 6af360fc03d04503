import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  recoverFiles,
  verifyFiles,
  type ArchiveParts,
  type RecoverStep,
  type RecoveryReport,
} from '#columnar';
import {
  eventId,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  type ParsedEvent,
  type StoredEvent,
} from '#event';
import { toPredicate } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select } from './testing/search-fixture.ts';

const NEVER = new AbortController().signal;
const NO_ROWS = { keepRows: { kind: 'for', age: 0 } } as const;
const random = seededRandom(23);

let lost: ColumnarFixture;
let fixture: ColumnarFixture;

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

function archiveOf({ folder }: ColumnarFixture): string {
  return join(folder, 'archive');
}

/** Files of so many events, and without merging: a store whose days lie in several files. */
function withFilesOf(from: ColumnarFixture, eventsPerFile: number): ArchiveParts {
  return { ...from.parts, limits: { ...from.parts.limits, eventsPerFile } };
}

async function recover(forgetMissing = false): Promise<RecoveryReport[]> {
  const client = await fixture.test.store.jobPool.connect();
  const scratch = await mkdtemp(join(fixture.folder, 'recovering-'));
  const { storage, engine } = fixture.parts;
  const between = () => Promise.resolve();
  try {
    const parts = { client, storage, engine, scratch, signal: NEVER, forgetMissing, between };
    return await all(recoverFiles(parts));
  } finally {
    client.release();
  }
}

function kinds(reports: readonly RecoveryReport[]): string[] {
  return reports
    .flatMap((report) =>
      report.kind === 'recovered' ? report.files.map(({ kind }) => kind) : [report.kind],
    )
    .sort();
}

/** All events, once and in order, by search, count and facets. */
async function expectEverywhere(events: readonly StoredEvent[] = fixture.events, query = '') {
  await expectAll({ events, search: fixture.search }, query);
  const facet = { ...select(query, CASES_NOW), field: 'resourceId', limit: 1_000 };
  const { values } = await fixture.search.facets(facet, runOptions(60_000));
  const expected = events.filter(toPredicate(facet.query));
  expect(values.reduce((sum, value) => sum + value.count, 0)).toBe(expected.length);
}

async function engines(): Promise<string[]> {
  const rows = await fixture.test.query('SELECT engine FROM segment ORDER BY engine');
  return rows.map((row) => String(row['engine']));
}

async function names(): Promise<string[]> {
  const all = await readdir(archiveOf(fixture), { recursive: true });
  return all.filter((name) => /^[^.].*\.(?:parquet|skip)$/.test(name)).sort();
}

/** A database that knows nothing, with the files of the lost one. */
async function loseEverything(): Promise<void> {
  fixture = await openColumnarFixture({ lateEvents: 50, eventsPerFile: 300 }, NO_ROWS);
  await cp(archiveOf(lost), archiveOf(fixture), { recursive: true });
}

describe('files of which Postgres does not know', () => {
  describe('because it was lost', () => {
    beforeEach(async () => {
      lost = await openColumnarFixture({ lateEvents: 50, eventsPerFile: 300 }, NO_ROWS);
      await lost.store(day(0, 500), day(-90, 40));
      await lost.archive();
      await lost.store(day(0, 80), day(1, 200));
      await lost.archive();
      await loseEverything();
    }, 60_000);
    afterEach(async () => {
      await lost.close();
      await fixture.close();
    });

    it('count again, with their histograms and facets, and once only', async () => {
      expect(kinds(await recover())).toEqual(['whole', 'whole', 'whole', 'whole', 'whole']);
      await expectEverywhere(lost.events);
      await expectEverywhere(lost.events, 'disk level:>=warn');
      expect(await recover()).toEqual([]);
      await fixture.store(day(0, 60), day(1, 20));
      await expectEverywhere([...lost.events, ...fixture.events]);
      await fixture.archive();
      await fixture.archive();
      await expectEverywhere([...lost.events, ...fixture.events]);
      expect(new Set([...lost.events, ...fixture.events].map(eventId)).size).toBe(900);
    }, 60_000);

    it('are found beside what was written since, whatever numbers its groups have', async () => {
      await fixture.store(day(0, 30), day(1, 20), day(0, 10));
      const since = [...fixture.events];
      expect(kinds(await recover())).toContain('rewritten');
      const request = {
        ...select('', CASES_NOW),
        limit: 5_000,
        order: 'desc',
        cursor: null,
      } as const;
      const { events } = await fixture.search.search(request, runOptions(60_000));
      expect(new Set(events.map(eventId)).size).toBe(880);
      const contents = (of: readonly ParsedEvent[]) =>
        of.map(({ timestamp, message }) => `${timestamp} ${message}`).sort();
      expect(contents(events)).toEqual(contents([...lost.events, ...since]));
      expect(await recover()).toEqual([]);
      await fixture.archive();
      await fixture.archive();
      const { count } = await fixture.search.count(select('', CASES_NOW), runOptions(60_000));
      expect(count).toBe(880);
    }, 60_000);

    it('are told from what is none of them, and from what is spoilt', async () => {
      const [first = '', second = ''] = (await names()).filter((name) => name.endsWith('.parquet'));
      await writeFile(join(archiveOf(fixture), first), 'x');
      await rm(join(archiveOf(fixture), first.replace('.parquet', '.skip')));
      await rm(join(archiveOf(fixture), second.replace('.parquet', '.skip')));
      await writeFile(join(archiveOf(fixture), 'notes.txt'), 'x');
      const client = await fixture.test.store.jobPool.connect();
      const { storage } = fixture.parts;
      const everything = { from: null, to: null };
      const verified = await all(verifyFiles(client, storage, everything, fixture.folder, NEVER));
      client.release();
      expect(verified.map(({ name }) => name).sort()).toEqual(
        [...(await names()), 'notes.txt'].sort(),
      );
      expect(new Set(verified.map(({ state }) => state))).toEqual(new Set(['unknown']));
      expect(kinds(await recover())).toEqual([
        'rewritten',
        'unreadable',
        'whole',
        'whole',
        'whole',
      ]);
      const { count } = await fixture.search.count(select('', CASES_NOW), runOptions(60_000));
      expect(count).toBeGreaterThan(500);
    }, 60_000);

    it.each<RecoverStep>(['numbered', 'taken', 'recovered'])(
      'count once after a kill at the step %s',
      async (step) => {
        const script = join(import.meta.dirname, 'testing/recover-until-killed.ts');
        const args = ['--conditions=source', script, fixture.test.url, archiveOf(fixture), step];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
        const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
        expect(signal).toBe('SIGKILL');
        await recover();
        await expectEverywhere(lost.events);
        await fixture.archive();
        await expectEverywhere(lost.events);
      },
      60_000,
    );
  });

  describe('because it was restored from a backup', () => {
    afterEach(() => fixture.close());

    /** The catalog as it was, with the storage as it is. */
    async function withOldCatalog(meanwhile: () => Promise<void>): Promise<void> {
      const tables = ['segment', 'columnar_file', 'rollup_minute', 'rollup_hour'];
      for (const table of tables)
        await fixture.test.query(`CREATE TABLE old_${table} AS SELECT * FROM ${table}`);
      await meanwhile();
      for (const table of tables.toReversed()) await fixture.test.query(`DELETE FROM ${table}`);
      for (const table of tables) {
        await fixture.test.query(
          `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM old_${table}`,
        );
      }
    }

    it('are not needed where the backup has the rows', async () => {
      fixture = await openColumnarFixture({ eventsPerFile: 300 });
      await fixture.store(day(0, 400));
      await fixture.runJobs();
      const failing: ArchiveParts = {
        ...fixture.parts,
        between: (step) =>
          step === 'verified' ? Promise.reject(new Error('before they count')) : Promise.resolve(),
      };
      await expect(fixture.archive(failing)).rejects.toThrow('before they count');
      await fixture.test.query('DELETE FROM columnar_file');
      expect(kinds(await recover())).toEqual(['present', 'present']);
      await expectEverywhere();
      await fixture.archive();
      await fixture.archive();
      expect(await engines()).toEqual(['columnar', 'kept', 'rows']);
      expect(await names()).toHaveLength(4);
      await expectEverywhere();
    }, 60_000);

    it('take the place of those that they were merged from, when told so', async () => {
      fixture = await openColumnarFixture({ lateEvents: 50, eventsPerFile: 300 }, NO_ROWS);
      await fixture.store(day(0, 100));
      await fixture.archive(withFilesOf(fixture, 100));
      await fixture.store(day(0, 80));
      await fixture.archive(withFilesOf(fixture, 100));
      await withOldCatalog(async () => {
        await fixture.archive();
        await fixture.archive();
      });
      expect(await names()).toHaveLength(2);
      expect(kinds(await recover())).toEqual(['blocked']);
      expect(await engines()).toEqual(['columnar', 'columnar', 'rows']);
      expect(kinds(await recover(true))).toEqual(['whole']);
      expect(await engines()).toEqual(['columnar', 'rows']);
      await expectEverywhere();
      expect(await recover(true)).toEqual([]);
      await fixture.archive();
      expect(await names()).toHaveLength(2);
    }, 60_000);

    it('lets rows that were kept serve where the files are lost', async () => {
      fixture = await openColumnarFixture({ eventsPerFile: 300 });
      await fixture.store(day(0, 400), day(1, 100));
      await fixture.archive();
      expect(await engines()).toEqual(['columnar', 'columnar', 'kept', 'kept', 'rows', 'rows']);
      const [gone = ''] = await names();
      await rm(join(archiveOf(fixture), gone));
      await recover(true);
      expect(await engines()).toEqual(['columnar', 'kept', 'rows', 'rows', 'rows']);
      await expectEverywhere();
      await fixture.runJobs();
      await expectEverywhere(fixture.events, 'retry -disk');
      await fixture.archive();
      await fixture.archive();
      expect(await engines()).toEqual(['columnar', 'columnar', 'kept', 'kept', 'rows', 'rows']);
      await expectEverywhere();
    }, 60_000);
  });
});
