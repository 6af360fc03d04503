import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { formatTimestamp } from '#event';
import { COLUMN_NAMES, literal, ORDER, quoted, readFiles } from '../../files/columns.ts';
import type { Source } from '../../files/source.ts';
import type { FoundFile } from './found-file.ts';

/** Writes the ids of a table's events that a file may hold too; null where there are none. */
export async function copyIds(
  client: PoolClient,
  relation: string,
  { minTs, maxTs, firstGroup, lastGroup }: FoundFile,
  folder: string,
  signal: AbortSignal,
): Promise<string | null> {
  const path = join(folder, `${relation}.csv`);
  const rows = client.query(
    copyTo(`COPY (
      SELECT (extract(epoch FROM ts) * 1000000)::bigint, group_seq, ordinal FROM ${quoted(relation)}
      WHERE ts >= '${formatTimestamp(minTs)}' AND ts <= '${formatTimestamp(maxTs)}'
        AND group_seq BETWEEN ${firstGroup} AND ${lastGroup}) TO STDOUT (FORMAT csv)`),
  );
  try {
    await pipeline(rows, createWriteStream(path), { signal });
  } finally {
    endReadTimeout(rows);
  }
  return (await stat(path)).size === 0 ? null : path;
}

/** Where the ids of events lie that are there already. */
export interface PresentIds {
  readonly files: readonly string[];
  readonly lists: readonly string[];
}

/** New numbers for groups, by their old ones. */
export type NewNumbers = ReadonlyMap<string, string>;

/** The events of a file without those that are there already: all their columns, in no order. */
export function leftOver(path: string, { files, lists }: PresentIds): string {
  const ids = [
    ...files.map((file) => `SELECT ts, group_seq, ordinal FROM ${readFiles([file])}`),
    ...lists.map(
      (list) => `SELECT make_timestamptz(micros) AS ts, group_seq, ordinal
        FROM read_csv(${literal(list)}, header = false, auto_detect = false,
          columns = {micros: 'BIGINT', group_seq: 'BIGINT', ordinal: 'INTEGER'})`,
    ),
  ];
  const columns = COLUMN_NAMES.map(quoted).join(', ');
  const all = `(SELECT ${columns} FROM ${readFiles([path])})`;
  if (ids.length === 0) return all;
  return `(SELECT ${columns} FROM ${all} AS found ANTI JOIN (${ids.join(' UNION ALL ')}) AS present
    USING (ts, group_seq, ordinal))`;
}

/** In order, with new numbers where there are any. */
export function renumbered(events: string, numbers: NewNumbers): Source {
  if (numbers.size === 0) return { sql: `(SELECT * FROM ${events} ORDER BY ${ORDER})`, values: [] };
  const pairs = [...numbers].map(([old, given]) => `(${old}::BIGINT, ${given}::BIGINT)`);
  const columns = COLUMN_NAMES.map((name) =>
    name === 'group_seq' ? 'coalesce(given, group_seq) AS group_seq' : quoted(name),
  );
  const sql = `(SELECT * FROM (
    SELECT ${columns.join(', ')} FROM ${events}
    LEFT JOIN (VALUES ${pairs.join(', ')}) AS number (old, given) ON group_seq = old) ORDER BY ${ORDER})`;
  return { sql, values: [] };
}

/**
 * The driver ends its timer for a statement in a callback, which a stream never calls: the timer would keep a process
 * that has nothing else to do for ten minutes.
 */
function endReadTimeout(rows: object): void {
  (rows as { readonly callback?: () => void }).callback?.();
}
