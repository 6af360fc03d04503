import type { PoolClient } from 'pg';
import { formatTimestamp, type EventPosition } from '#event';
import { transaction } from '#store';
import { COLUMN_NAMES, ORDER, quoted } from '../files/columns.ts';
import { copyToFile } from './copy-to-file.ts';

/**
 * Writes the first rows after a position, in order, in the text format of COPY (`readCopied`).
 *
 * @returns bytes of the longest row; 0 where there is none
 */
export async function copyOut(
  client: PoolClient,
  relation: string,
  after: EventPosition | null,
  limit: number,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const where =
    after === null
      ? ''
      : `WHERE (${ORDER}) > ('${formatTimestamp(after.timestamp)}'::timestamptz, ${after.groupSeq}, ${after.ordinal})`;
  const select = `SELECT ${COLUMN_NAMES.map(quoted).join(', ')} FROM ${quoted(relation)} ${where}
    ORDER BY ${ORDER} LIMIT ${limit}`;
  return transaction(client, async () => {
    // In the order of the index: the table is large and a sort would go to the disk.
    await client.query(
      'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL max_parallel_workers_per_gather = 0',
    );
    return copyToFile(client, `COPY (${select}) TO STDOUT (FORMAT text)`, path, signal);
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
