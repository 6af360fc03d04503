import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ClientBase } from 'pg';
import type { LogEvent } from '#event';
import { SkipFilterBuilder } from '#store';
import { buildEvent } from '../../store/testing/events.ts';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { Engine } from '../duckdb/engine.ts';
import { checksumOf, TEXT_COLUMNS } from '../files/checksum.ts';
import { COLUMN_NAMES, FILE_COLUMNS, quoted } from '../files/columns.ts';
import { readCopied } from '../files/copied-rows.ts';
import { CopiedContents } from './copied-contents.ts';
import { copyToFile, type RowReaders } from './copy-to-file.ts';
import { RowMeter } from './row-meter.ts';

const NEVER = new AbortController().signal;
/** Used by all tests, as by the COPYs of one file. */
const pieces: Buffer[] = [];
const UNBOUNDED = { rows: Infinity, bytes: Infinity, vectorBytes: Infinity };

async function copy(
  client: ClientBase,
  sql: string,
  path: string,
  signal = NEVER,
): Promise<RowReaders> {
  const readers = { meter: new RowMeter(UNBOUNDED), contents: new CopiedContents() };
  const file = await open(path, 'w');
  try {
    await copyToFile(client, sql, file, readers, pieces, signal);
  } finally {
    await file.close();
  }
  return readers;
}

/** All columns but the last. */
const BEFORE_LAST = 'x\t'.repeat(COLUMN_NAMES.length - 1);

function copyOf(last: string): string {
  return `COPY (SELECT ${`'x', `.repeat(COLUMN_NAMES.length - 1)} ${last}) TO STDOUT`;
}

function eventOf(text: string): LogEvent {
  return buildEvent({
    message: text,
    resourceId: text,
    traceId: text,
    spanId: text,
    commit: text,
    service: text,
    parentResourceId: text,
  });
}

describe('rows that Postgres writes into a file', () => {
  let folder: string;
  let test: TestStore;
  let engine: Engine;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-copy-'));
    test = await openTestStore();
    const limits = { memoryBytes: 128 * 1024 * 1024, threads: 1, connections: 1 };
    engine = await Engine.open({ ...limits, spillFolder: null });
  });

  afterAll(async () => {
    engine.close();
    await test.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function withClient<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await test.store.jobPool.connect();
    try {
      return await work(client);
    } finally {
      client.release(true);
    }
  }

  const TEXTS = [
    '',
    ' ',
    'plain',
    '\\N',
    '\\',
    '\\\\n',
    'a\\tb\tc',
    'two\nlines\r\nand \b\v\f more',
    'trailing \\',
    '"quoted", with commas; \'and\' others',
    '"',
    'Zoë 日本 🦕 \u{feff}',
    '\u0001\u001f\u007f',
    '\\.',
    `long ${'x\\'.repeat(200_000)}`,
  ];

  it('are read as they were, whatever is in them', async () => {
    const path = join(folder, 'texts');
    const { meter, contents } = await withClient(async (client) => {
      await client.query('CREATE TEMP TABLE texts (number int, text text)');
      for (const [number, text] of TEXTS.entries())
        await client.query('INSERT INTO texts VALUES ($1, $2)', [number, text]);
      const columns = Object.entries(FILE_COLUMNS).map(([name, type]) => {
        if (name === 'ordinal') return 'number';
        if (name === 'ts') return `'2026-01-02T03:04:05.678901Z'::timestamptz`;
        if (name === 'level_text') return 'NULL';
        return type === 'VARCHAR' ? 'text' : '3';
      });
      const select = `SELECT ${columns.join(', ')} FROM texts ORDER BY number`;
      return copy(client, `COPY (${select}) TO STDOUT (FORMAT text)`, path);
    });
    const { sql } = readCopied(path, meter.longestRow);
    const rows = await engine.rows(
      `SELECT ${COLUMN_NAMES.map((name) => `${quoted(name)}::VARCHAR`).join(', ')} FROM ${sql}`,
      [],
      { timeoutMs: 0, signal: NEVER },
    );
    expect(rows.map((row) => row[COLUMN_NAMES.indexOf('message')])).toEqual(TEXTS);
    expect(rows.map((row) => row[COLUMN_NAMES.indexOf('metadata')])).toEqual(TEXTS);
    expect(rows.every((row) => row[COLUMN_NAMES.indexOf('level_text')] === null)).toBe(true);
    expect(rows[0]?.slice(0, 4)).toEqual(['2026-01-02 03:04:05.678901+00', '3', '0', '3']);
    const builder = new SkipFilterBuilder();
    for (const text of TEXTS) builder.add(eventOf(text));
    expect(contents.finish()).toEqual([
      { events: TEXTS.length, ascii: false, filter: builder.build() },
    ]);
    const sums = await checksumOf(engine, { sql, values: [] }, { timeoutMs: 0, signal: NEVER });
    expect(contents.textSums.map(BigInt)).toEqual(sums.slice(-TEXT_COLUMNS.length));
  });

  it('arrive whole and in order where they are many', async () => {
    const path = join(folder, 'many');
    const { meter, contents } = await withClient((client) =>
      copy(client, copyOf('generate_series(1, 400000)'), path),
    );
    expect(meter).toMatchObject({ rows: 400_000, longestRow: `${BEFORE_LAST}400000\n`.length });
    const numbers = Array.from({ length: 400_000 }, (_, i) => String(i + 1));
    const expected = numbers.map((number) => `${BEFORE_LAST}${number}\n`).join('');
    expect((await readFile(path, 'utf8')) === expected).toBe(true);
    expect(contents.textSums.at(-1)).toBe(numbers.join('').length + numbers.length);
    const events = contents.finish().map((words) => words.events);
    expect(events).toEqual([...Array<number>(39).fill(10_240), 640]);
  });

  it('fail with what Postgres says, and the connection goes on', async () => {
    await withClient(async (client) => {
      const failing = copy(client, 'COPY (SELECT 1/0) TO STDOUT', join(folder, 'none'));
      await expect(failing).rejects.toThrow('division by zero');
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('end with the signal', async () => {
    const ending = new AbortController();
    await withClient(async (client) => {
      client.on('error', () => undefined);
      const endless = copyOf('generate_series(1, 1000000000000)');
      const path = join(folder, 'cut');
      const ended = expect(copy(client, endless, path, ending.signal)).rejects.toThrow(
        'told to end',
      );
      while (((await stat(path).catch(() => null))?.size ?? 0) === 0) await setImmediate();
      ending.abort(new Error('told to end'));
      await ended;
    });
  });

  it.each([
    ['amid the rows', 'generate_series(1, 1000000000)'],
    ['for the first row', 'pg_sleep(600)'],
  ])('fail and end the connection when the driver has waited too long %s', async (_, last) => {
    const client = new Client({ connectionString: test.url, query_timeout: 200 });
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    await client.connect();
    const path = join(folder, 'late');
    await expect(copy(client, copyOf(last), path)).rejects.toThrow('Query read timeout');
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await client.end();
  });
});
