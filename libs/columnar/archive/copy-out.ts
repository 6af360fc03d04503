import { open, type FileHandle } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import { transaction } from '#store';
import { COLUMN_NAMES, ORDER, quoted } from '../files/columns.ts';
import type { CountedWords } from '../files/row-groups.ts';
import { CopiedContents } from './copied-contents.ts';
import { copyToFile } from './copy-to-file.ts';
import { RowMeter, type FileBounds } from './row-meter.ts';

/** Time, group and ordinal of an event as Postgres writes them. */
export type CopiedPosition = readonly [ts: string, groupSeq: string, ordinal: string];

/** The rows of a file as the text of COPY. */
export interface CopiedFile {
  readonly rows: number;
  readonly longestRow: number;
  /** Bytes of each vector. */
  readonly vectors: readonly number[];
  /** As `CopiedContents` gives them. */
  readonly words: readonly CountedWords[];
  /** As `CopiedContents` has them. */
  readonly textSums: readonly number[];
  readonly last: CopiedPosition | null;
  /** Whether there may be rows after the last one. */
  readonly more: boolean;
}

/** Rows that one COPY asks for at first; later ones are as long as this many bytes seem to be. */
const FIRST_ROWS = 256;
const COPY_BYTES = 16 * 1024 * 1024;
/** … and at the most so many times the one before: rows further on may be longer. */
const GROWTH = 4;

/**
 * Writes the first rows after a position, in order, in the text format of COPY (`readCopied`), as many as one file
 * takes. In several steps, since what is asked for beyond the bounds is read for nothing.
 */
export async function copyOut(
  client: PoolClient,
  relation: string,
  after: CopiedPosition | null,
  bounds: FileBounds,
  path: string,
  signal: AbortSignal,
): Promise<CopiedFile> {
  const meter = new RowMeter(bounds);
  const contents = new CopiedContents();
  const pieces: Buffer[] = [];
  const file = await open(path, 'w+');
  try {
    let more: boolean;
    let last: CopiedPosition | null = null;
    let rows = FIRST_ROWS;
    do {
      const limit = Math.min(rows, bounds.rows - meter.rows);
      const { seen, bytes, rows: taken } = meter;
      const sql = copySql(relation, last ?? after, limit);
      await inOrder(client, () =>
        copyToFile(client, sql, file, { meter, contents }, pieces, signal),
      );
      last = await lastPosition(file, meter);
      more = meter.full || meter.seen - seen === limit;
      const average = (meter.bytes - bytes) / Math.max(meter.rows - taken, 1);
      rows = Math.max(1, Math.min(rows * GROWTH, Math.floor(COPY_BYTES / average)));
    } while (more && !meter.full && meter.rows < bounds.rows);
    const words = contents.finish();
    const { longestRow, vectors } = meter;
    const { textSums } = contents;
    return { rows: meter.rows, longestRow, vectors, words, textSums, last, more };
  } finally {
    await file.close();
  }
}

/** More than the three columns take. */
const POSITION_BYTES = 128;

/** Reads it from the last row; null where there is none. */
async function lastPosition(
  file: FileHandle,
  { rows, bytes, lastRow }: RowMeter,
): Promise<CopiedPosition | null> {
  if (rows === 0) return null;
  const length = Math.min(lastRow, POSITION_BYTES);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, bytes - lastRow);
  const [ts = '', groupSeq = '', ordinal = ''] = buffer.toString('latin1').split('\t', 3);
  return [ts, groupSeq, ordinal];
}

function copySql(relation: string, after: CopiedPosition | null, limit: number): string {
  const where =
    after === null
      ? ''
      : `WHERE (${ORDER}) > ('${after[0]}'::timestamptz, ${after[1]}::bigint, ${after[2]}::int)`;
  return `COPY (SELECT ${COLUMN_NAMES.map(quoted).join(', ')} FROM ${quoted(relation)} ${where}
    ORDER BY ${ORDER} LIMIT ${limit}) TO STDOUT (FORMAT text)`;
}

/** Has rows read in the order of the index: the table is large and a sort would go to the disk. */
function inOrder(client: PoolClient, copy: () => Promise<void>): Promise<void> {
  return transaction(client, async () => {
    await client.query(
      'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL max_parallel_workers_per_gather = 0',
    );
    await copy();
  });
}

const SAMPLE_ROWS = 5_000;
/** A key must be in at least one event of so many. */
const RAREST = 10;
const MOST_KEYS = 16;
const LONGEST_KEY = 64;

/** The keys of metadata that are in many events with a text, a number or a boolean: the most frequent first. */
export async function frequentKeys(
  client: PoolClient,
  relation: string,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ key: string }>(
    `WITH sample AS MATERIALIZED (SELECT metadata FROM ${quoted(relation)} LIMIT ${SAMPLE_ROWS})
     SELECT key FROM sample, jsonb_each(metadata) AS member (key, value)
     WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean') AND octet_length(key) BETWEEN 1 AND ${LONGEST_KEY}
     GROUP BY key HAVING count(*) * ${RAREST} >= (SELECT count(*) FROM sample)
     ORDER BY count(*) DESC, key COLLATE "C"`,
  );
  const byFolded = new Map<string, string>();
  // Names of columns are the same in another case.
  for (const { key } of rows) if (!byFolded.has(fold(key))) byFolded.set(fold(key), key);
  return [...byFolded.values()].slice(0, MOST_KEYS);
}

function fold(key: string): string {
  return key.toLowerCase();
}
