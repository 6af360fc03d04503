import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { formatTimestamp } from '#event';
import { indexesSql, jobLockSql, LOCKS, lockSql, transaction } from '#store';
import { columnarSegments, filesOfSegment, type ColumnarSegment } from '../archive/file-catalog.ts';
import { noteGroups } from '../archive/note-groups.ts';
import { VerificationError } from '../archive/store-file.ts';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { checksumNumbers, checksumOf, checksumSql } from '../files/checksum.ts';
import { COLUMN_NAMES, literal, quoted, readFiles } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { openVerified } from '../files/open-verified.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';

/** Moments at which a crash must lose nothing and count nothing twice. */
export type RestoreStep = 'copied' | 'switched' | 'restored';

export interface RestoreParts {
  readonly client: PoolClient;
  readonly storage: ObjectStorage;
  readonly engine: Engine;
  /** An empty folder, with room for the rows of a file as text. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Called after each step. */
  readonly between: (step: RestoreStep) => Promise<void>;
}

export type Restored =
  | { readonly kind: 'restored'; readonly events: number; readonly relation: string }
  /** One sentence on why not. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Makes the events of a columnar segment rows of Postgres again, which searches read instead of the files: all of them or
 * none, in one transaction. The job that makes files takes them only after the given time.
 *
 * @param heldUntil a time that Postgres reads, or `infinity`
 */
export async function restoreSegment(
  parts: RestoreParts,
  segmentId: number,
  heldUntil: string,
): Promise<Restored> {
  try {
    const restored = await transaction(parts.client, () => restore(parts, segmentId, heldUntil));
    await parts.between('restored');
    return restored;
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** Rolls back what was begun. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

async function restore(
  parts: RestoreParts,
  segmentId: number,
  heldUntil: string,
): Promise<Restored> {
  const { client } = parts;
  // Nobody else writes, replaces or removes files meanwhile.
  const { rows } = await client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('penstock:columnar', 0)) AS taken`,
  );
  if (rows[0]?.taken !== true) {
    throw new RefusedError('the keeper is at the columnar files right now; try again in a minute');
  }
  const segment = (await columnarSegments(client)).find(({ id }) => id === segmentId);
  if (segment === undefined) {
    throw new RefusedError(`${segmentId} is no segment of columnar files; list says which are`);
  }
  const files = await filesOfSegment(client, segment.id);
  const relation = await createTable(client, segment);
  const sums = await copyFiles(parts, files, relation);
  await compare(client, relation, files.length === 0 ? null : sums);
  await parts.between('copied');
  await switchTo(client, segment, relation, heldUntil);
  await parts.between('switched');
  return {
    kind: 'restored',
    events: files.reduce((sum, file) => sum + file.events, 0),
    relation,
  };
}

/** As a table of late events: several may share a range. */
async function createTable(
  client: PoolClient,
  { relation, start, end }: ColumnarSegment,
): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT nextval(pg_get_serial_sequence('segment', 'id')) AS id`,
  );
  const base = relation.replace(/ .*$/, '').replace(/_(?:late|restored)_\d+$/, '');
  const name = `${base}_restored_${rows[0]?.id ?? ''}`;
  await client.query(
    `CREATE TABLE ${name} (CHECK (ts >= '${formatTimestamp(start)}' AND ts < '${formatTimestamp(end)}'))
     INHERITS (log_event_late)`,
  );
  return name;
}

/** @returns the checksum of what the files hold */
async function copyFiles(
  { client, storage, engine, scratch, signal }: RestoreParts,
  files: readonly FileRecord[],
  relation: string,
): Promise<readonly bigint[]> {
  const limits: StatementLimits = { timeoutMs: 0, signal };
  const sums: bigint[] = [];
  const csv = join(scratch, 'rows.csv');
  const columns = COLUMN_NAMES.map(quoted).join(', ');
  for (const file of files) {
    const path = await openVerified(storage, file, scratch, signal);
    const source = { sql: readFiles([path]), values: [] };
    (await checksumOf(engine, source, limits)).forEach((sum, at) => {
      sums[at] = (sums[at] ?? 0n) + sum;
    });
    // An empty text is quoted, nothing at all is not.
    await engine.run(
      `COPY (SELECT ${columns} FROM ${source.sql}) TO ${literal(csv)} (FORMAT csv, HEADER false, FORCE_QUOTE *)`,
      [],
      limits,
    );
    const into = client.query(copyFrom(`COPY ${relation} (${columns}) FROM STDIN (FORMAT csv)`));
    await pipeline(createReadStream(csv), into, { signal });
    await rm(csv);
    if (path !== storage.pathOf(file.name)) await rm(path, { force: true });
  }
  return sums;
}

/** @throws VerificationError where the table holds other events than the files */
async function compare(
  client: PoolClient,
  relation: string,
  wanted: readonly bigint[] | null,
): Promise<void> {
  if (wanted === null) return;
  const { rows } = await client.query<{ sums: string }>(
    `SELECT ${checksumSql('postgres')} AS sums FROM ${relation}`,
  );
  const found = checksumNumbers(rows[0]?.sums);
  if (wanted.some((sum, at) => sum !== found[at])) {
    throw new VerificationError(`${relation} holds other events than the files`);
  }
}

/** The table counts from here on, in place of the files. */
async function switchTo(
  client: PoolClient,
  segment: ColumnarSegment,
  relation: string,
  heldUntil: string,
): Promise<void> {
  await client.query(`${indexesSql(relation)}; ANALYZE ${relation}`);
  await client.query(
    `SET LOCAL lock_timeout = '10s'; ${lockSql(LOCKS.partitions)}; ${jobLockSql('rollups')}; ${jobLockSql('build-filters')}`,
  );
  const { rowCount } = await client.query('SELECT FROM segment WHERE id = $1 FOR UPDATE', [
    segment.id,
  ]);
  if (rowCount === 0) throw new RefusedError('retention has dropped the segment');
  await dropKept(client, segment);
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO segment (relation, range_start, range_end, commit_floor, sealed_commit, held_until, superseded_at)
     SELECT $2, range_start, range_end, commit_floor, coalesce(sealed_commit, commit_floor, 0), $3, now()
     FROM segment WHERE id = $1 RETURNING id`,
    [segment.id, relation, heldUntil],
  );
  await noteGroups(client, rows[0]?.id ?? 0, relation);
  await client.query(
    'UPDATE columnar_file SET segment_id = NULL, since = now() WHERE segment_id = $1',
    [segment.id],
  );
  await client.query('DELETE FROM segment WHERE id = $1', [segment.id]);
}

/** The tables from which the files were made, if they are still there: their events would be in Postgres twice. */
async function dropKept(client: PoolClient, { id }: ColumnarSegment): Promise<void> {
  const { rows } = await client.query<{ relation: string }>(
    `DELETE FROM segment WHERE engine = 'kept' AND files_segment = $1 RETURNING relation`,
    [id],
  );
  for (const kept of rows) await client.query(`DROP TABLE ${quoted(kept.relation)}`);
}
