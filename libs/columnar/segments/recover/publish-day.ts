import type { PoolClient } from 'pg';
import { MICROS_PER_DAY } from '#event';
import { transaction } from '#store';
import { addSegment, fileNames } from '../../archive/file-catalog.ts';
import type { FileRecord } from '../../files/file-record.ts';
import { noteGroups } from '../../archive/note-groups.ts';
import { recount, type CountedRange, type FileCounts } from '../../archive/recount.ts';
import type { Superseded } from './recover-day.ts';

/** What takes effect at once. */
export interface RecoveredDay {
  readonly files: readonly FileRecord[];
  readonly superseded: readonly Superseded[];
  readonly forgotten: readonly number[];
  /** Files of forgotten segments that are not in the storage. */
  readonly missing: readonly string[];
  /** Null where nothing changes but what is not needed. */
  readonly range: CountedRange | null;
  readonly counts: FileCounts | null;
}

/** In one transaction of one snapshot: segments, files, and the rollups of their range. */
export async function publishDay(client: PoolClient, day: RecoveredDay): Promise<void> {
  await transaction(client, () => publish(client, day), 'REPEATABLE READ');
}

async function publish(client: PoolClient, day: RecoveredDay): Promise<void> {
  await forget(client, day);
  for (const chain of chainsOf(day.files)) await addRecovered(client, chain);
  for (const { name, sha256 } of day.superseded) {
    await client.query(
      `INSERT INTO columnar_file (name, sha256) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET segment_id = NULL, since = now(), sha256 = excluded.sha256`,
      [name, sha256],
    );
  }
  if (day.range !== null && day.counts !== null) await recount(client, day.range, day.counts);
}

/** Segments whose files are not there go. Tables that were kept beside them are read again. */
async function forget(
  client: PoolClient,
  { forgotten, missing }: Pick<RecoveredDay, 'forgotten' | 'missing'>,
): Promise<void> {
  const { rows } = await client.query<{ id: number; relation: string }>(
    `UPDATE segment SET engine = 'rows', superseded_at = NULL, files_segment = NULL
     WHERE engine = 'kept' AND files_segment = ANY($1::int[]) RETURNING id, relation`,
    [forgotten],
  );
  for (const { id, relation } of rows) await noteGroups(client, id, relation);
  await client.query('DELETE FROM columnar_file WHERE name = ANY($1::text[])', [missing]);
  await client.query(
    'UPDATE columnar_file SET segment_id = NULL, since = now() WHERE segment_id = ANY($1::int[])',
    [forgotten],
  );
  await client.query('DELETE FROM segment WHERE id = ANY($1::int[])', [forgotten]);
}

async function addRecovered(client: PoolClient, files: readonly FileRecord[]): Promise<void> {
  const { rows } = await client.query<{ id: string; commit: string }>(
    `SELECT nextval(pg_get_serial_sequence('segment', 'id')) AS id,
       (SELECT coalesce(max(commit_seq), 0) FROM log_group) AS commit`,
  );
  const { id = '', commit = '0' } = rows[0] ?? {};
  const relation = `log_event_recovered_${id} (columnar)`;
  const segment = { relation, ...rangeOf(files), commitFloor: '0', sealedCommit: commit };
  const segmentId = await addSegment(client, segment);
  for (const { name } of files) {
    await client.query('INSERT INTO columnar_file (name) VALUES ($1) ON CONFLICT DO NOTHING', [
      name,
    ]);
  }
  await fileNames(client, segmentId, files);
}

/** Files one behind the other, meeting at single times at most, as those of one segment are. */
export function chainsOf(files: readonly FileRecord[]): readonly (readonly FileRecord[])[] {
  const chains: FileRecord[][] = [];
  for (const file of files.toSorted((a, b) => a.minTs - b.minTs || a.maxTs - b.maxTs)) {
    const chain = chains.find((each) => (each.at(-1)?.maxTs ?? Infinity) <= file.minTs);
    if (chain === undefined) chains.push([file]);
    else chain.push(file);
  }
  return chains;
}

/** The day of the events, as partitions are; else all days that they touch. */
export function rangeOf(files: readonly Pick<FileRecord, 'minTs' | 'maxTs'>[]): CountedRange {
  const first = Math.min(...files.map(({ minTs }) => minTs));
  const last = Math.max(...files.map(({ maxTs }) => maxTs));
  return {
    start: Math.floor(first / MICROS_PER_DAY) * MICROS_PER_DAY,
    end: (Math.floor(last / MICROS_PER_DAY) + 1) * MICROS_PER_DAY,
  };
}

/** The range of segments and files together; null where there are none. */
export async function hullOf(
  client: PoolClient,
  files: readonly FileRecord[],
  forgotten: readonly number[],
): Promise<CountedRange | null> {
  const { rows } = await client.query<{ start: string; end: string }>(
    `SELECT (extract(epoch FROM range_start) * 1000000)::bigint AS start,
       (extract(epoch FROM range_end) * 1000000)::bigint AS "end" FROM segment WHERE id = ANY($1::int[])`,
    [forgotten],
  );
  const ranges = [
    ...(files.length === 0 ? [] : [rangeOf(files)]),
    ...rows.map(({ start, end }) => ({ start: Number(start), end: Number(end) })),
  ];
  if (ranges.length === 0) return null;
  return {
    start: Math.min(...ranges.map(({ start }) => start)),
    end: Math.max(...ranges.map(({ end }) => end)),
  };
}
