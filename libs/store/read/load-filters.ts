import type { Pool } from 'pg';
import { decodePlace } from './candidate.ts';
import { AS_TEXT, type TextRow } from './row.ts';
import type { Segment } from './segment.ts';
import type { CachedFilter, SkipFilterCache } from './skip-filter-cache.ts';
import type { Snapshot } from './snapshot.ts';

const FILTER_COLUMNS = `commit_seq, first_group, last_group, events,
  (extract(epoch FROM min_ts) * 1000000)::bigint, (extract(epoch FROM max_ts) * 1000000)::bigint, encode(bits, 'base64')`;

/** Brings segments that lack little up to the snapshot. */
export async function loadDeltas(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segments: readonly Segment[],
): Promise<void> {
  if (segments.length === 0) return;
  const rows = await snapshot.rows(
    `SELECT ${FILTER_COLUMNS}, f.segment_id
     FROM unnest($1::int[], $2::bigint[]) AS known (id, watermark)
     JOIN skip_filter AS f ON f.segment_id = known.id AND f.commit_seq > known.watermark
     ORDER BY f.segment_id, f.commit_seq`,
    [segments.map(({ id }) => id), segments.map(({ id }) => cache.watermark(id))],
  );
  const bySegment = Map.groupBy(rows, (row) => Number(row[7]));
  for (const [id, filters] of bySegment) cache.append(id, filters.map(decodeFilter));
  await sortOut(snapshot, cache, segments);
}

/** Filters that a job has joined to larger ones stay true, but cost memory and time. */
async function sortOut(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segments: readonly Segment[],
): Promise<void> {
  const ids = segments.map(({ id }) => id).filter((id) => cache.isUnsorted(id));
  if (ids.length === 0) return;
  const rows = await snapshot.rows(
    'SELECT segment_id, commit_seq FROM skip_filter WHERE segment_id = ANY($1::int[])',
    [ids],
  );
  const live = Map.groupBy(rows, ([segmentId]) => Number(segmentId));
  for (const [id, filters] of live) {
    cache.sortOut(id, new Set(filters.map(([, commitSeq]) => Number(commitSeq))));
  }
}

export interface LoadParts {
  readonly pool: Pool;
  readonly cache: SkipFilterCache;
  readonly portionBytes: number;
}

/**
 * In portions, so that the connection's buffers stay small. Ends early where the segment has left the cache.
 * Filters that others have replaced meanwhile are sorted out, as far as those others are loaded.
 */
export async function loadSegment(
  { pool, cache, portionBytes }: LoadParts,
  segmentId: number,
): Promise<void> {
  let loaded = cache.watermark(segmentId);
  const live = cache.isUnsorted(segmentId) ? await liveFilters(pool, segmentId) : null;
  const sizes = await read(
    pool,
    `SELECT commit_seq, octet_length(bits) FROM skip_filter
     WHERE segment_id = $1 AND commit_seq > $2 ORDER BY commit_seq`,
    [segmentId, loaded],
  );
  for (const last of portionEnds(sizes, portionBytes)) {
    const rows = await read(
      pool,
      `SELECT ${FILTER_COLUMNS} FROM skip_filter
       WHERE segment_id = $1 AND commit_seq > $2 AND commit_seq <= $3 ORDER BY commit_seq`,
      [segmentId, loaded, last],
    );
    if (cache.watermark(segmentId) < loaded) return;
    cache.append(segmentId, rows.map(decodeFilter));
    loaded = last;
  }
  if (live !== null) cache.sortOut(segmentId, live);
}

async function liveFilters(pool: Pool, segmentId: number): Promise<ReadonlySet<number>> {
  const rows = await read(pool, 'SELECT commit_seq FROM skip_filter WHERE segment_id = $1', [
    segmentId,
  ]);
  return new Set(rows.map(([commitSeq]) => Number(commitSeq)));
}

export interface NewFilters {
  readonly segmentId: number;
  readonly bytes: number;
  /** commitSeq of the newest one. */
  readonly newest: number;
}

/** Segments with filters after a commitSeq, the newest segments first. */
export async function newFilters(pool: Pool, after: number): Promise<readonly NewFilters[]> {
  const rows = await read(
    pool,
    `SELECT s.id, sum(octet_length(f.bits)), max(f.commit_seq)
     FROM skip_filter AS f JOIN segment AS s ON s.id = f.segment_id
     WHERE f.commit_seq > $1 GROUP BY s.id ORDER BY s.range_start DESC`,
    [after],
  );
  return rows.map(([segmentId, bytes, newest]) => ({
    segmentId: Number(segmentId),
    bytes: Number(bytes),
    newest: Number(newest),
  }));
}

/** @param sizes commitSeq and bytes of filters @returns the last commitSeq of each portion */
function portionEnds(sizes: readonly TextRow[], portionBytes: number): readonly number[] {
  const ends: number[] = [];
  let bytes = 0;
  for (const [index, [commitSeq, size]] of sizes.entries()) {
    bytes += Number(size);
    if (bytes < portionBytes && index < sizes.length - 1) continue;
    ends.push(Number(commitSeq));
    bytes = 0;
  }
  return ends;
}

async function read(pool: Pool, text: string, values: readonly unknown[]): Promise<TextRow[]> {
  const { rows } = await pool.query<(string | null)[]>({
    text,
    values: [...values],
    rowMode: 'array',
    types: AS_TEXT,
  });
  return rows;
}

/** Bytes travel as base64: the driver reads no binary values. */
function decodeFilter(row: TextRow): CachedFilter {
  return {
    ...decodePlace(row.slice(1)),
    commitSeq: Number(row[0]),
    bits: Uint8Array.from(Buffer.from(row[6] ?? '', 'base64')),
  };
}
