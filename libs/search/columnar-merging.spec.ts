import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listSegments, restoreSegment, type ArchiveParts, type ArchiveStep } from '#columnar';
import { eventId, MICROS_PER_DAY, MICROS_PER_HOUR, type ParsedEvent } from '#event';
import { parseQuery } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { select, sortedIds } from './testing/search-fixture.ts';

const NEVER = new AbortController().signal;
const random = seededRandom(17);

let fixture: ColumnarFixture;

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

/** Files hold so many events: with few of them nothing can be merged. */
function withFilesOf(eventsPerFile: number): ArchiveParts {
  return { ...fixture.parts, limits: { ...fixture.parts.limits, eventsPerFile } };
}

/** Two segments of one day, of 100 and 80 events, which are not merged yet. */
async function storeTwice(): Promise<void> {
  await fixture.store(day(0, 100));
  await fixture.archive(withFilesOf(100));
  await fixture.store(day(0, 80));
  await fixture.archive(withFilesOf(100));
}

async function columnarFiles(): Promise<string[]> {
  const entries = await readdir(join(fixture.folder, 'archive'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

describe('merging of small columnar files', () => {
  describe('with files only', () => {
    beforeEach(async () => {
      fixture = await openColumnarFixture(
        { lateEvents: 50, eventsPerFile: 300 },
        { keepRows: { kind: 'for', age: 0 } },
      );
      await storeTwice();
      expect(await fixture.engines()).toEqual(['2 columnar', '1 rows']);
    }, 60_000);
    afterEach(() => fixture.close());

    it('makes one file of a day and of its late events', async () => {
      await fixture.archive();
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['1 columnar', '1 rows']);
      expect(await columnarFiles()).toHaveLength(1);
      await expectAll(fixture);
      await expectAll(fixture, 'disk level:>=warn');
      await expectAll(fixture, 'service:api OR metadata.latency:>100');
      await fixture.store(day(0, 60));
      await expectAll(fixture);
    });

    it.each<ArchiveStep>(['named', 'written', 'verified', 'stored', 'merged'])(
      'killed at the step %s: nothing is lost, nothing counts twice, nothing is left behind',
      async (step) => {
        const script = join(import.meta.dirname, 'testing/archive-until-killed.ts');
        const folder = join(fixture.folder, 'archive');
        const now = String(fixture.parts.clock());
        const args = ['--conditions=source', script, fixture.test.url, folder, step, now];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
        const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
        expect(signal).toBe('SIGKILL');
        expect(await fixture.engines()).toEqual([
          step === 'merged' ? '1 columnar' : '2 columnar',
          '1 rows',
        ]);
        await expectAll(fixture);
        await fixture.store(day(0, 20));
        await expectAll(fixture);
        await fixture.archive();
        await fixture.archive();
        expect(await fixture.engines()).toEqual(['1 columnar', '1 rows']);
        expect(await columnarFiles()).toHaveLength(1);
        await expectAll(fixture);
        await expectAll(fixture, 'retry -disk');
      },
      60_000,
    );

    it('leaves the files as they are where one is spoilt, and goes on with others', async () => {
      const [spoilt = ''] = await columnarFiles();
      await writeFile(spoilt, 'x');
      await fixture.store(day(1, 90));
      await fixture.archive(withFilesOf(100));
      await fixture.store(day(1, 70));
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['3 columnar', '2 rows']);
    });

    it('leaves files to a reader that began before, for as long as it reads', async () => {
      await fixture.store(day(1, 300), day(2, 300));
      await fixture.archive(withFilesOf(100));
      const expected = sortedIds(fixture.events, 'desc');
      const before = await columnarFiles();
      const pages = fixture.search.export(select('', CASES_NOW), 'desc', NEVER);
      const found: string[] = [];
      let merged = false;
      for await (const events of pages) {
        found.push(...events.map(eventId));
        if (merged) continue;
        merged = true;
        await fixture.archive();
        await fixture.archive();
        expect((await columnarFiles()).length).toBeGreaterThan(before.length);
        await expectAll(fixture);
      }
      expect(found).toEqual(expected);
      await fixture.archive();
      expect(await columnarFiles()).not.toEqual(expect.arrayContaining(before));
      await expectAll(fixture);
    });

    it('takes events out of merged files whose time is over', async () => {
      await fixture.archive();
      const match = parseQuery('level:info');
      await fixture.archive({
        ...fixture.parts,
        retention: { rules: [{ match, keep: 10 * MICROS_PER_DAY }], keep: null },
      });
      const left = fixture.events.filter(({ level }) => level !== 'info');
      fixture.events.splice(0, fixture.events.length, ...left);
      await expectAll(fixture);
    });
  });

  it('restores merged files in place of all tables that they were made from', async () => {
    fixture = await openColumnarFixture({ lateEvents: 50, eventsPerFile: 300 });
    await storeTwice();
    await fixture.archive();
    expect(await fixture.engines()).toEqual(['1 columnar', '2 kept', '1 rows']);
    const client = await fixture.test.store.jobPool.connect();
    const segments = await listSegments(client, { from: null, to: null });
    const id = segments.find(({ engine }) => engine === 'columnar')?.id ?? 0;
    const restored = await restoreSegment(
      {
        client,
        storage: fixture.parts.storage,
        engine: fixture.engine,
        scratch: await mkdtemp(join(fixture.folder, 'restoring-')),
        signal: NEVER,
        between: () => Promise.resolve(),
      },
      id,
      'infinity',
    );
    client.release();
    expect(restored).toMatchObject({ kind: 'restored', events: 180 });
    expect(await fixture.engines()).toEqual(['2 rows']);
    const [held] = await fixture.test.query('SELECT count(*)::int AS count FROM log_event_all');
    expect(held?.['count']).toBe(180);
    await expectAll(fixture);
    await fixture.close();
  }, 60_000);
});
