import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { openTestStore, type TestStore } from '../../store/testing/open-test-store.ts';
import { Engine } from '../duckdb/engine.ts';
import { COLUMN_NAMES, FILE_COLUMNS, quoted } from '../files/columns.ts';
import { readCopied } from '../files/copied-rows.ts';
import { copyToFile } from './copy-to-file.ts';
import { RowMeter } from './row-meter.ts';

const NEVER = new AbortController().signal;
/** Used by all tests, as by the COPYs of one file. */
const pieces: Buffer[] = [];
const UNBOUNDED = { rows: Infinity, bytes: Infinity, vectorBytes: Infinity };

async function copy(
  client: PoolClient,
  sql: string,
  path: string,
  signal = NEVER,
): Promise<RowMeter> {
  const meter = new RowMeter(UNBOUNDED);
  const file = await open(path, 'w');
  try {
    await copyToFile(client, sql, file, meter, pieces, signal);
  } finally {
    await file.close();
  }
  return meter;
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

  async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
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
    const { longestRow } = await withClient(async (client) => {
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
    const { sql } = readCopied(path, longestRow);
    const rows = await engine.rows(
      `SELECT ${COLUMN_NAMES.map((name) => `${quoted(name)}::VARCHAR`).join(', ')} FROM ${sql}`,
      [],
      { timeoutMs: 0, signal: NEVER },
    );
    expect(rows.map((row) => row[COLUMN_NAMES.indexOf('message')])).toEqual(TEXTS);
    expect(rows.map((row) => row[COLUMN_NAMES.indexOf('metadata')])).toEqual(TEXTS);
    expect(rows.every((row) => row[COLUMN_NAMES.indexOf('level_text')] === null)).toBe(true);
    expect(rows[0]?.slice(0, 4)).toEqual(['2026-01-02 03:04:05.678901+00', '3', '0', '3']);
  });

  it('arrive whole and in order where they are many', async () => {
    const path = join(folder, 'many');
    const { longestRow, rows } = await withClient((client) =>
      copy(client, 'COPY (SELECT generate_series(1, 400000)) TO STDOUT', path),
    );
    expect(longestRow).toBe('400000\n'.length);
    expect(rows).toBe(400_000);
    const expected = Array.from({ length: 400_000 }, (_, i) => `${i + 1}\n`).join('');
    expect((await readFile(path, 'utf8')) === expected).toBe(true);
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
      const endless = 'COPY (SELECT generate_series(1, 1000000000000)) TO STDOUT';
      const path = join(folder, 'cut');
      const ended = expect(copy(client, endless, path, ending.signal)).rejects.toThrow(
        'told to end',
      );
      while (((await stat(path).catch(() => null))?.size ?? 0) === 0) await setImmediate();
      ending.abort(new Error('told to end'));
      await ended;
    });
  });
});
