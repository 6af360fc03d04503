import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ArchiveParts, ArchiveStep } from '#columnar';
import { MICROS_PER_DAY, MICROS_PER_HOUR, type ParsedEvent } from '#event';
import { parseQuery } from '#query';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select } from './testing/search-fixture.ts';

const random = seededRandom(3);

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

async function filesInStorage(fixture: ColumnarFixture): Promise<number> {
  const folder = join(fixture.folder, 'archive');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describe('the job that makes columnar files', () => {
  let fixture: ColumnarFixture;

  describe('killed at a step', () => {
    beforeEach(async () => {
      fixture = await openColumnarFixture(
        { eventsPerFile: 300 },
        { keepRows: { kind: 'for', age: 0 } },
      );
      await fixture.store(day(0, 700), day(0, 100));
      await fixture.runJobs();
    }, 60_000);

    afterEach(() => fixture.close());

    it.each<ArchiveStep>([
      'sealed',
      'named',
      'written',
      'stored',
      'verified',
      'published',
      'dropped',
    ])(
      '%s: nothing is lost, nothing counts twice, nothing is left behind',
      async (step) => {
        const now = fixture.parts.clock();
        const child = spawn(
          process.execPath,
          [
            '--conditions=source',
            join(import.meta.dirname, 'testing/archive-until-killed.ts'),
            fixture.test.url,
            join(fixture.folder, 'archive'),
            step,
            String(now),
          ],
          { stdio: ['ignore', 'ignore', 'inherit'] },
        );
        const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
        expect(signal).toBe('SIGKILL');
        await expectAll(fixture);
        await fixture.store(day(0, 50));
        await expectAll(fixture);
        await fixture.archive();
        await fixture.archive();
        await expectAll(fixture);
        await expectAll(fixture, 'disk level:>=warn');
        expect(await fixture.engines()).toEqual(['1 columnar', '1 rows']);
        // Three files of 300, 300 and 200 events, each with its skip file.
        expect(await filesInStorage(fixture)).toBe(6);
      },
      60_000,
    );
  });

  describe('beside others', () => {
    beforeEach(async () => {
      fixture = await openColumnarFixture({ eventsPerFile: 500, lateEvents: 100 });
      await fixture.store(day(0, 400), day(1, 300));
    }, 60_000);

    afterEach(() => fixture.close());

    it('keeps the rows for others for as long as it was told', async () => {
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '2 rows']);
      const [held] = await fixture.test.query('SELECT count(*)::int AS count FROM log_event_all');
      expect(held?.['count']).toBe(fixture.events.length);
      await expectAll(fixture);
    });

    it('makes further files of events that came late, once they are many', async () => {
      await fixture.archive();
      await fixture.store(day(0, 60));
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '2 rows']);
      await fixture.store(day(0, 60));
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['3 columnar', '3 kept', '2 rows']);
      await expectAll(fixture);
      await expectAll(fixture, 'retry -disk');
    }, 60_000);

    it('waits for groups that the rollups do not count yet', async () => {
      // Every event another service: the group appends no rollups of its own.
      await fixture.store(day(0, 30).map((event, at) => ({ ...event, service: `service-${at}` })));
      await fixture.archive();
      await expectAll(fixture);
      await expectAll(fixture, 'service:service-3');
    });

    it('does not let files count from whose rows retention has deleted meanwhile', async () => {
      let deleted = false;
      const disturbed: ArchiveParts = {
        ...fixture.parts,
        async between(step) {
          if (step !== 'verified' || deleted) return;
          deleted = true;
          await fixture.test.query(
            `UPDATE segment SET deletions = deletions + 1 WHERE sealed_commit IS NOT NULL AND engine = 'rows'`,
          );
        },
      };
      await fixture.archive(disturbed);
      expect(deleted).toBe(true);
      expect(await fixture.engines()).toEqual(['3 rows']);
      await expectAll(fixture);
      await fixture.archive();
      expect(await fixture.engines()).toEqual(['2 columnar', '2 kept', '2 rows']);
      await expectAll(fixture);
    }, 60_000);
  });

  it('takes events out of files whose time is over by a rule, with their counts', async () => {
    const match = parseQuery('level:info');
    fixture = await openColumnarFixture(
      { eventsPerFile: 200, lateEvents: 1_000 },
      { retention: { rules: [{ match, keep: 500 * MICROS_PER_DAY }], keep: null } },
    );
    await fixture.store(day(0, 500), day(1, 300));
    await fixture.archive();
    await fixture.store(day(0, 40));
    await expectAll(fixture);
    // The rule's time is over now, for the first day only.
    const later = {
      ...fixture.parts,
      retention: { rules: [{ match, keep: 399 * MICROS_PER_DAY }], keep: null },
    };
    const closed = fixture.events.filter(
      (event) => event.timestamp < CASES_NOW + MICROS_PER_DAY / 2 && event.level === 'info',
    );
    expect(closed.length).toBeGreaterThan(100);
    await fixture.archive(later);
    const gone = new Set(closed);
    const left = fixture.events.filter((event) => !gone.has(event));
    fixture.events.splice(0, fixture.events.length, ...left);
    await expectAll(fixture);
    await expectAll(fixture, 'level:info');
    const { values } = await fixture.search.facets(
      { ...select('', CASES_NOW), field: 'resourceId', limit: 100 },
      runOptions(),
    );
    expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(left.length);
    await fixture.close();
  }, 60_000);
});
