import type { PoolClient } from 'pg';
import { filesExpired, type FilesExpired } from './events.ts';
import { columnarSegments, type ColumnarSegment } from './file-catalog.ts';
import type { ArchiveParts } from './parts.ts';
import { NO_FILES, recount, whileNobodyCounts, type CountedRange } from './recount.ts';
import { returnRows } from './return-rows.ts';

/**
 * Lets go of files whose time is over for their whole range; they are removed from the storage later. Events that
 * Postgres keeps are read from its tables again; the others are gone, and the rollups count what the tables hold.
 *
 * @returns the number of stretches of time
 */
export async function expireFiles(
  { keepFiles, clock, telemetry, between }: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<number> {
  if (keepFiles === null) return 0;
  const cutoff = clock() - keepFiles;
  const over = stretchesOf(await columnarSegments(client)).filter(({ end }) => end <= cutoff);
  for (const stretch of over) {
    const expired = await whileNobodyCounts(client, () => expire(client, stretch));
    if (expired !== null) telemetry.emit(filesExpired, expired);
    await between('expired', 0, signal);
    signal.throwIfAborted();
  }
  return over.length;
}

/** Segments of files that overlap each other. */
interface Stretch extends CountedRange {
  readonly segments: readonly ColumnarSegment[];
}

/**
 * Ranges differ where files were found again after a loss: their hours are those of whole days. What overlaps goes
 * at once, so that no file is left in a range whose tables alone are counted.
 *
 * @param segments by their beginnings
 */
function stretchesOf(segments: readonly ColumnarSegment[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const segment of segments) {
    const before = stretches.at(-1);
    if (before === undefined || segment.start >= before.end) {
      stretches.push({ start: segment.start, end: segment.end, segments: [segment] });
      continue;
    }
    const end = Math.max(before.end, segment.end);
    stretches.splice(-1, 1, { ...before, end, segments: [...before.segments, segment] });
  }
  return stretches;
}

/** @returns null where retention has dropped a segment meanwhile */
async function expire(
  client: PoolClient,
  { segments, start, end }: Stretch,
): Promise<FilesExpired | null> {
  await client.query(`SET LOCAL lock_timeout = '10s'`);
  const ids = segments.map(({ id }) => id);
  const { rowCount } = await client.query(
    'SELECT FROM segment WHERE id = ANY($1::int[]) FOR UPDATE',
    [ids],
  );
  if (rowCount !== ids.length) return null;
  const files = await client.query<{ events: string }>(
    `UPDATE columnar_file SET segment_id = NULL, since = now() WHERE segment_id = ANY($1::int[]) RETURNING events`,
    [ids],
  );
  const events = files.rows.reduce((sum, file) => sum + Number(file.events), 0);
  const returned = await returnRows(client, ids);
  await client.query('DELETE FROM segment WHERE id = ANY($1::int[])', [ids]);
  // Where Postgres keeps them all, as many are counted as before.
  if (returned !== events) await recount(client, { start, end }, NO_FILES);
  return { relation: segments[0]?.relation ?? '', files: files.rows.length, events, returned };
}
