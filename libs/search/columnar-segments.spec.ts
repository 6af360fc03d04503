import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  listSegments,
  restoreSegment,
  verifyFiles,
  type Restored,
  type RestoreStep,
  type VerifiedObject,
} from '#columnar';
import { MICROS_PER_DAY, MICROS_PER_HOUR, type ParsedEvent } from '#event';
import { CASES_NOW } from '../query/testing/cases.ts';
import { openColumnarFixture, type ColumnarFixture } from './testing/columnar-fixture.ts';
import { expectAll } from './testing/expect-all.ts';
import { randomEvents, seededRandom } from './testing/random-events.ts';
import { runOptions, select } from './testing/search-fixture.ts';

const NEVER = new AbortController().signal;
const EVERYTHING = { from: null, to: null };
const random = seededRandom(11);

function day(number: number, count: number): ParsedEvent[] {
  const from = CASES_NOW + number * MICROS_PER_DAY;
  return randomEvents(random, count, from, 6 * MICROS_PER_HOUR);
}

let fixture: ColumnarFixture;

async function engines(): Promise<string[]> {
  const rows = await fixture.test.query(
    `SELECT engine FROM segment WHERE engine <> 'rows' OR sealed_commit IS NOT NULL ORDER BY engine`,
  );
  return rows.map((row) => String(row['engine']));
}

async function firstColumnar(): Promise<number> {
  const segments = await listSegments(fixture.test.store.jobPool, EVERYTHING);
  return segments.find(({ engine }) => engine === 'columnar')?.id ?? 0;
}

async function restore(id: number, heldUntil = 'infinity'): Promise<Restored> {
  const client = await fixture.test.store.jobPool.connect();
  const scratch = await mkdtemp(join(fixture.folder, 'restoring-'));
  const { storage, engine } = fixture.parts;
  const between = () => Promise.resolve();
  try {
    const parts = { client, storage, engine, scratch, signal: NEVER, between };
    return await restoreSegment(parts, id, heldUntil);
  } finally {
    client.release();
  }
}

async function verified(): Promise<VerifiedObject[]> {
  const client = await fixture.test.store.jobPool.connect();
  try {
    const found: VerifiedObject[] = [];
    const { storage } = fixture.parts;
    for await (const object of verifyFiles(client, storage, EVERYTHING, fixture.folder, NEVER))
      found.push(object);
    return found;
  } finally {
    client.release();
  }
}

describe('columnar segments', () => {
  beforeEach(async () => {
    fixture = await openColumnarFixture({ eventsPerFile: 300 });
    await fixture.store(day(0, 500), day(1, 200));
    await fixture.archive();
  }, 60_000);
  afterEach(() => fixture.close());

  it('are listed with what they take', async () => {
    const segments = await listSegments(fixture.test.store.jobPool, EVERYTHING);
    const files = segments.filter(({ engine }) => engine === 'columnar');
    expect(files.map(({ events, files: count }) => [events, count])).toEqual([
      [500, 2],
      [200, 1],
    ]);
    expect(files.every(({ bytes, events }) => bytes > events)).toBe(true);
    expect(segments.filter(({ engine }) => engine === 'kept')).toHaveLength(2);
    const second = { from: files[1]?.start ?? 0, to: files[1]?.end ?? 0 };
    const within = await listSegments(fixture.test.store.jobPool, second);
    expect(within.filter(({ engine }) => engine === 'columnar')).toEqual([files[1]]);
  });

  it('are verified: what is missing and what is spoilt is named', async () => {
    expect(new Set((await verified()).map(({ state }) => state))).toEqual(new Set(['whole']));
    const folder = join(fixture.folder, 'archive');
    const names = (await readdir(folder, { recursive: true })).sort();
    const [gone = '', spoilt = ''] = names.filter((name) => /\.(?:parquet|skip)$/.test(name));
    await rm(join(folder, gone));
    const request = {
      ...select('', CASES_NOW),
      limit: 5_000,
      order: 'desc',
      cursor: null,
    } as const;
    await expect(fixture.search.search(request, runOptions(60_000))).rejects.toMatchObject({
      code: 'object-missing',
    });
    await writeFile(join(folder, spoilt), 'x');
    const states = new Map((await verified()).map(({ name, state }) => [name, state]));
    expect([states.get(gone), states.get(spoilt)]).toEqual(['missing', 'corrupt']);
    expect([...states.values()].filter((state) => state === 'whole')).toHaveLength(4);
  });

  it('become rows again, and files once more when their time is over', async () => {
    const id = await firstColumnar();
    expect(await restore(id)).toMatchObject({ kind: 'restored', events: 500 });
    expect(await engines()).toEqual(['columnar', 'kept', 'rows']);
    const [held] = await fixture.test.query('SELECT count(*)::int AS count FROM log_event_all');
    expect(held?.['count']).toBe(700);
    await expectAll(fixture);
    await expectAll(fixture, 'disk level:>=warn');
    await fixture.runJobs();
    await expectAll(fixture, 'retry -disk');
    await fixture.archive();
    expect(await engines()).toEqual(['columnar', 'kept', 'rows']);
    expect(await restore(id)).toMatchObject({ kind: 'refused' });
    await fixture.test.query(`UPDATE segment SET held_until = now() WHERE held_until IS NOT NULL`);
    await fixture.archive();
    expect(await engines()).toEqual(['columnar', 'columnar', 'kept', 'kept']);
    await expectAll(fixture);
  }, 60_000);

  it('are read by other programs as docs/archive.md says', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/archive.md'), 'utf8');
    const [, sql = ''] = /```sql\n(SELECT[^`]*?read_parquet[^`]*?);\n```/.exec(page) ?? [];
    expect(sql).toContain("'archive/2026-11-24/*.parquet'");
    const files = join(fixture.folder, 'archive/*/*.parquet');
    const rows = await fixture.engine.rows(
      `SELECT service::VARCHAR, errors::VARCHAR FROM (${sql.replace('archive/2026-11-24/*.parquet', files)})`,
      [],
      { timeoutMs: 0, signal: NEVER },
    );
    const errors = fixture.events.filter(({ level }) => level === 'error' || level === 'fatal');
    const counts = Map.groupBy(errors, ({ service }) => service);
    expect(new Map(rows.map(([service, count]) => [service, Number(count)]))).toEqual(
      new Map([...counts].map(([service, events]) => [service, events.length])),
    );
  });

  it('stay files where one is spoilt', async () => {
    const folder = join(fixture.folder, 'archive');
    const names = await readdir(folder, { recursive: true });
    for (const name of names.filter((each) => each.endsWith('.parquet')))
      await writeFile(join(folder, name), 'x');
    await expect(restore(await firstColumnar())).rejects.toMatchObject({ code: 'object-corrupt' });
    expect(await engines()).toEqual(['columnar', 'columnar', 'kept', 'kept']);
  });

  it('are not taken while the keeper is at them', async () => {
    const client = await fixture.test.store.jobPool.connect();
    await client.query(`SELECT pg_advisory_lock(hashtextextended('penstock:columnar', 0))`);
    const outcome = await restore(await firstColumnar());
    client.release(true);
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('keeper') });
  });

  it.each<[RestoreStep, string[]]>([
    ['copied', ['columnar', 'columnar', 'kept', 'kept']],
    ['switched', ['columnar', 'columnar', 'kept', 'kept']],
    ['restored', ['columnar', 'kept', 'rows']],
  ])(
    'are all rows or all files after a kill at the step %s',
    async (step, expected) => {
      const id = await firstColumnar();
      const script = join(import.meta.dirname, 'testing/restore-until-killed.ts');
      const folder = join(fixture.folder, 'archive');
      const args = ['--conditions=source', script, fixture.test.url, folder, step, String(id)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      expect(await engines()).toEqual(expected);
      await expectAll(fixture);
      if (step !== 'restored') await restore(id);
      expect(await engines()).toEqual(['columnar', 'kept', 'rows']);
      await expectAll(fixture);
    },
    60_000,
  );
});
