import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GATHERED, SkipFilterBuilder } from '#store';
import { Engine } from '../duckdb/engine.ts';
import { FILE_COLUMNS, literal } from './columns.ts';
import type { CountedWords } from './row-groups.ts';
import { keyColumn, writeColumnarFile } from './write-file.ts';

const LIMITS = { timeoutMs: 0, signal: new AbortController().signal };
const GROUP = { rows: 2_048, bytes: 0 };
const ROWS = 5_000;
/** Of its row groups. */
const EVENTS = [2_048, 2_048, 904];

const DOCUMENT = {
  'a.b': 'te\\xt "quoted"',
  'a"b': 1.5,
  'a/b~c': true,
  'a\\b': { nested: [1, 'x'] },
  "it's": ['ü', null],
  __proto__x: '',
  Größe: null,
  12: '日本',
  small: 0.000025,
  'nul l': 'null',
};
const METADATA = literal(JSON.stringify(DOCUMENT));

function columnOf(name: string): string {
  if (name === 'metadata') return `CASE i WHEN 1 THEN ${METADATA} WHEN 2 THEN '[]' ELSE '{}' END`;
  if (name === 'ts') return 'make_timestamptz(i * 1000000)';
  if (name === 'ordinal') return 'i';
  if (name === 'message') return `'row ' || i`;
  return name === 'group_seq' || name === 'level' ? '3' : 'NULL';
}

const columns = Object.entries(FILE_COLUMNS).map(
  ([name, type]) => `(${columnOf(name)})::${type} AS "${name}"`,
);
const source = { sql: `(SELECT ${columns.join(', ')} FROM range(${ROWS}) AS t (i))`, values: [] };

function wordsOf(events: number, firstRow: number): CountedWords {
  const builder = new SkipFilterBuilder();
  for (let row = firstRow; row < firstRow + events; row++) {
    builder.addMessage(Buffer.from(`row ${row}`), 0, GATHERED);
  }
  return { events, ascii: true, filter: builder.build() };
}

describe('a columnar file', () => {
  let folder = '';
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-write-file-'));
    const memoryBytes = 64 * 1024 * 1024;
    engine = await Engine.open({ memoryBytes, threads: 1, connections: 1, spillFolder: null });
  });
  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true });
  });

  async function skipFile(name: string, known: readonly CountedWords[]): Promise<Buffer> {
    const path = join(folder, `${name}.parquet`);
    const { record, skipPath } = await writeColumnarFile(
      engine,
      source,
      [],
      path,
      LIMITS,
      GROUP,
      known,
    );
    expect(record.events).toBe(ROWS);
    return readFile(skipPath);
  }

  const known = EVENTS.map((events, at) => wordsOf(events, at * GROUP.rows));

  it('has columns for keys of metadata, whatever they are called', async () => {
    const path = join(folder, 'keys.parquet');
    const keys = [...Object.keys(DOCUMENT), 'absent'];
    await writeColumnarFile(engine, source, keys, path, LIMITS, GROUP);
    const rows = await engine.rows(
      `SELECT ${keys.map(keyColumn).join(', ')} FROM read_parquet(${literal(path)}) WHERE ordinal IN (0, 1, 2) ORDER BY ordinal`,
      [],
      LIMITS,
    );
    const values = [...Object.values(DOCUMENT), null].map((value) =>
      typeof value === 'string' || value === null ? value : JSON.stringify(value),
    );
    const none = values.map(() => null);
    expect(rows).toEqual([none, values, none]);
  });

  it('has a skip file that is the same from words that are known and from those that are read back', async () => {
    expect(await skipFile('known', known)).toEqual(await skipFile('read', []));
  });

  it('has a skip file of what is known, where it is of the same row groups', async () => {
    const other = { ...wordsOf(10, 90_000), events: GROUP.rows };
    const skip = await skipFile('other', known.with(1, other));
    expect(skip.includes(other.filter)).toBe(true);
  });

  it.each([
    ['another number of events', known.with(2, { ...wordsOf(10, 90_000), events: 903 })],
    ['fewer row groups', known.slice(1)],
    ['more row groups', [...known, wordsOf(10, 90_000)]],
  ])('has a skip file of what is read back where what is known is of %s', async (name, wrong) => {
    expect(await skipFile(name, wrong)).toEqual(await skipFile(`${name}, read`, []));
  });
});
