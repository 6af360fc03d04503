import type { PoolClient } from 'pg';
import { formatTimestamp, MICROS_PER_MS } from '#event';
import { LOCKS, lockSql, transaction } from '#store';
import { quoted } from '../files/columns.ts';
import { skipNameOf } from '../files/file-record.ts';
import { rowsDropped } from './events.ts';
import type { ArchiveParts } from './parts.ts';

/**
 * Removes files that do not count: those of a crash, of a segment that retention dropped, or replaced by others. Not
 * at once, since a reader that began before may be at them: an export reads one snapshot for as long as it takes. Only
 * this job, under its lock, writes files.
 *
 * @returns how many
 */
export async function removeFiles(
  { storage, limits, between }: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM columnar_file
     WHERE segment_id IS NULL AND since <= now() - make_interval(secs => $1) AND NOT EXISTS (
       SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'penstock%' AND pid <> pg_backend_pid()
         AND xact_start <= since + make_interval(secs => $1))
     LIMIT 100`,
    [limits.removeAfterMs / 1_000],
  );
  for (const { name } of rows) {
    await storage.remove(name, signal);
    await storage.remove(skipNameOf(name), signal);
    await between('removed', 0, signal);
    await client.query('DELETE FROM columnar_file WHERE name = $1 AND segment_id IS NULL', [name]);
  }
  return rows.length;
}

/** Longer than any upload takes: another process may be at one. */
const OLDEST_UPLOAD_MS = 3_600_000;

/**
 * Removes what crashes left in the storage of objects that were being stored, once nobody can be at them.
 *
 * @returns how many
 */
export function removeUnfinished(
  { storage, clock }: ArchiveParts,
  signal: AbortSignal,
): Promise<number> {
  return storage.removeUnfinished(clock() / MICROS_PER_MS - OLDEST_UPLOAD_MS, signal);
}

/** Who began so long after a table was superseded knows of it. Numbers of transactions come round again. */
const SURELY_LATER = `interval '1 day'`;

/**
 * Drops tables whose events are in files, once their time is over and no reader is left that does not see the files: one
 * whose snapshot is as old as the transaction that made them count. That had begun before it waited for its locks, so
 * its time alone says nothing of readers that began meanwhile.
 */
export async function dropKeptRows(
  parts: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<number> {
  const { keepRows, clock, telemetry, between } = parts;
  if (keepRows.kind === 'forever') return 0;
  const { rows } = await client.query<{ id: number; relation: string }>(
    `SELECT id, relation FROM segment
     WHERE engine = 'kept' AND range_end <= $1 AND NOT EXISTS (
       SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'penstock%' AND pid <> pg_backend_pid()
         AND age(backend_xmin) >= age(segment.xmin) AND xact_start <= superseded_at + ${SURELY_LATER})
     ORDER BY range_start LIMIT 10`,
    [formatTimestamp(clock() - keepRows.age)],
  );
  for (const { id, relation } of rows) {
    await transaction(client, async () => {
      await client.query(`SET LOCAL lock_timeout = '1s'; ${lockSql(LOCKS.partitions)}`);
      await client.query('DELETE FROM segment WHERE id = $1', [id]);
      await client.query(`DROP TABLE ${quoted(relation)}`);
    });
    telemetry.emit(rowsDropped, { relation });
    await between('dropped', 0, signal);
  }
  return rows.length;
}
