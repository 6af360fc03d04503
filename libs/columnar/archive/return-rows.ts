import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { LOCKS, lockSql } from '#store';
import { quoted } from '../files/columns.ts';
import { returnedRowsDropped } from './events.ts';
import { noteGroups } from './note-groups.ts';
import type { ArchiveParts } from './parts.ts';
import { NO_FILES, recount, whileNobodyCounts } from './recount.ts';

/**
 * Makes tables that are kept beside segments of files those that searches read. They get new numbers, since readers
 * remember what belonged to the old ones, and `superseded_at` goes on telling that their events were in files.
 *
 * @returns the number of their events
 */
export async function returnRows(client: PoolClient, segments: readonly number[]): Promise<number> {
  const { rows } = await client.query<{ id: number; relation: string }>(
    `WITH kept AS (DELETE FROM segment WHERE engine = 'kept' AND files_segment = ANY($1::int[]) RETURNING *)
     INSERT INTO segment (engine, relation, range_start, range_end, created_at, commit_floor, sealed_commit,
       deletions, superseded_at)
     SELECT 'rows', relation, range_start, range_end, created_at, commit_floor, sealed_commit, deletions, superseded_at
     FROM kept RETURNING id, relation`,
    [segments],
  );
  let events = 0;
  for (const { id, relation } of rows) events += await noteGroups(client, id, relation);
  return events;
}

interface ReturnedTable {
  readonly id: number;
  readonly relation: string;
  readonly start: string;
  readonly end: string;
}

/**
 * Drops tables whose events were in files, once their own time is over like that of the files.
 *
 * @returns how many
 */
export async function dropReturnedRows(
  parts: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<number> {
  const { keepRows, keepFiles, clock, telemetry, between } = parts;
  if (keepFiles === null || keepRows.kind === 'forever') return 0;
  // Not beside files, which would not be counted again, nor while somebody reads: dropping would only wait.
  const { rows } = await client.query<ReturnedTable>(
    `SELECT id, relation, (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS "end" FROM segment
     WHERE engine = 'rows' AND superseded_at IS NOT NULL AND range_end <= $1 AND coalesce(held_until <= now(), true)
       AND NOT EXISTS (
         SELECT FROM segment AS files WHERE files.engine = 'columnar'
           AND files.range_start < segment.range_end AND files.range_end > segment.range_start)
       AND NOT EXISTS (
         SELECT FROM pg_locks WHERE pg_locks.relation = to_regclass(quote_ident(segment.relation))
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
     ORDER BY range_start, id LIMIT 10`,
    [formatTimestamp(clock() - Math.max(keepFiles, keepRows.age))],
  );
  for (const table of rows) {
    if (!(await whileNobodyCounts(client, () => drop(client, table)))) continue;
    telemetry.emit(returnedRowsDropped, { relation: table.relation });
    await between('dropped', 0, signal);
  }
  return rows.length;
}

/** @returns false where retention has dropped it */
async function drop(
  client: PoolClient,
  { id, relation, start, end }: ReturnedTable,
): Promise<boolean> {
  await client.query(`SET LOCAL lock_timeout = '1s'; ${lockSql(LOCKS.partitions)}`);
  const { rowCount } = await client.query('DELETE FROM segment WHERE id = $1', [id]);
  if (rowCount === 0) return false;
  await client.query(`DROP TABLE ${quoted(relation)}`);
  await recount(client, { start: Number(start), end: Number(end) }, NO_FILES);
  return true;
}
