import type { PoolClient } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { jobLockSql, transaction } from '#store';
import { decodeFile, FILE_RECORD_COLUMNS, type FileRecord } from '../files/file-record.ts';
import type { SealedTable } from './choose.ts';

/** Notes a name before anything is written under it, so that it is removed after a crash. */
export async function noteFile(client: PoolClient, name: string): Promise<void> {
  await client.query('INSERT INTO columnar_file (name) VALUES ($1)', [name]);
}

/** Why files do not count after all. */
export type Published =
  { readonly kind: 'published' } | { readonly kind: 'given-up'; readonly reason: string };

/**
 * Makes files count in place of a sealed table, in one transaction: a reader's snapshot sees either the table or the
 * files. The table stays as `kept`. Not where retention has deleted from it since it was read.
 */
export function publishFiles(
  client: PoolClient,
  table: SealedTable,
  files: readonly FileRecord[],
): Promise<Published> {
  return transaction(client, async () => {
    // Retention and the jobs over parts and filters stay away until the commit.
    await client.query(
      `SET LOCAL lock_timeout = '10s'; ${jobLockSql('rollups')}; ${jobLockSql('build-filters')}`,
    );
    const { rows } = await client.query<{ deletions: number }>(
      `SELECT deletions FROM segment WHERE id = $1 AND engine = 'rows' FOR UPDATE`,
      [table.id],
    );
    if (rows[0] === undefined) return givenUp('retention has dropped the rows');
    if (rows[0].deletions !== table.deletions) return givenUp('retention has deleted rows');
    const segmentId = await nameSegment(client, table, files);
    await client.query('DELETE FROM group_part WHERE segment_id = $1', [table.id]);
    await client.query('DELETE FROM skip_filter WHERE segment_id = $1', [table.id]);
    await client.query(
      `UPDATE segment SET engine = 'kept', superseded_at = now(), files_segment = $2 WHERE id = $1`,
      [table.id, segmentId],
    );
    return { kind: 'published' };
  });
}

function givenUp(reason: string): Published {
  return { kind: 'given-up', reason };
}

/** A segment of columnar files in the catalog. */
export interface ColumnarSegment {
  readonly id: number;
  readonly relation: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly commitFloor: string;
  readonly sealedCommit: string | null;
}

async function nameSegment(
  client: PoolClient,
  table: SealedTable,
  files: readonly FileRecord[],
): Promise<number> {
  const { rows } = await client.query<{ commit_floor: string; sealed_commit: string }>(
    'SELECT commit_floor, sealed_commit FROM segment WHERE id = $1',
    [table.id],
  );
  const segment = {
    ...table,
    relation: `${table.relation} (columnar)`,
    commitFloor: rows[0]?.commit_floor ?? '0',
    sealedCommit: rows[0]?.sealed_commit ?? null,
  };
  const id = await addSegment(client, segment);
  await fileNames(client, id, files);
  return id;
}

/**
 * Puts a segment with some files into the place of others. A segment never changes, since readers remember what
 * belongs to it: the new one has another number. Files of theirs that it does not have wait to be removed.
 */
export async function replaceSegments(
  client: PoolClient,
  replaced: readonly ColumnarSegment[],
  segment: Omit<ColumnarSegment, 'id'>,
  files: readonly FileRecord[],
): Promise<void> {
  const ids = [replaced.map(({ id }) => id)];
  const kept = await client.query<{ id: number }>(
    'SELECT id FROM segment WHERE files_segment = ANY($1::int[])',
    ids,
  );
  await client.query(
    'UPDATE columnar_file SET segment_id = NULL, since = now() WHERE segment_id = ANY($1::int[])',
    ids,
  );
  await client.query('DELETE FROM segment WHERE id = ANY($1::int[])', ids);
  const id = await addSegment(client, segment);
  await fileNames(client, id, files);
  await client.query('UPDATE segment SET files_segment = $1 WHERE id = ANY($2::int[])', [
    id,
    kept.rows.map((row) => row.id),
  ]);
}

/** @returns its number */
export async function addSegment(
  client: PoolClient,
  { relation, start, end, commitFloor, sealedCommit }: Omit<ColumnarSegment, 'id'>,
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO segment (engine, relation, range_start, range_end, commit_floor, sealed_commit)
     VALUES ('columnar', $1, $2, $3, $4, $5) RETURNING id`,
    [relation, formatTimestamp(start), formatTimestamp(end), commitFloor, sealedCommit],
  );
  return rows[0]?.id ?? Number.NaN;
}

/** Makes files, whose names are noted, those of a segment. */
export async function fileNames(
  client: PoolClient,
  segmentId: number,
  files: readonly FileRecord[],
): Promise<void> {
  for (const file of files) {
    await client.query(
      `UPDATE columnar_file SET segment_id = $2, since = now(), events = $3, bytes = $4, skip_bytes = $5,
         min_ts = $6, max_ts = $7, first_group = $8, last_group = $9, sha256 = $10, skip_sha256 = $11
       WHERE name = $1`,
      [
        file.name,
        segmentId,
        file.events,
        file.bytes,
        file.skipBytes,
        formatTimestamp(file.minTs),
        formatTimestamp(file.maxTs),
        file.firstGroup,
        file.lastGroup,
        file.sha256,
        file.skipSha256,
      ],
    );
  }
}

/** All segments of columnar files, oldest first. */
export async function columnarSegments(client: PoolClient): Promise<readonly ColumnarSegment[]> {
  const { rows } = await client.query<{
    id: number;
    relation: string;
    start: string;
    end: string;
    commit_floor: string;
    sealed_commit: string | null;
  }>(
    `SELECT id, relation, (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS "end", commit_floor, sealed_commit
     FROM segment WHERE engine = 'columnar' ORDER BY range_start, id`,
  );
  return rows.map((row) => ({
    id: row.id,
    relation: row.relation,
    start: Number(row.start),
    end: Number(row.end),
    commitFloor: row.commit_floor,
    sealedCommit: row.sealed_commit,
  }));
}

export async function filesOfSegment(
  client: PoolClient,
  segmentId: number,
): Promise<readonly FileRecord[]> {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${FILE_RECORD_COLUMNS} FROM columnar_file WHERE segment_id = $1 ORDER BY min_ts, max_ts`,
    values: [segmentId],
    rowMode: 'array',
  });
  return rows.map(decodeFile);
}
