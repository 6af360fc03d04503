import type { Pool } from 'pg';
import { decodePlace } from './candidate.ts';
import type { TextRow } from './row.ts';
import type { CachedFilter, SkipFilterCache } from './skip-filter-cache.ts';
import { withSnapshot, type Snapshot } from './snapshot.ts';

/** Of one statement of a load in the background. */
const LOAD_TIMEOUT_MS = 60_000;
const NEVER = new AbortController().signal;

const FILTER_COLUMNS = `commit_seq, first_group, last_group, events,
  (extract(epoch FROM min_ts) * 1000000)::bigint, (extract(epoch FROM max_ts) * 1000000)::bigint, encode(bits, 'base64')`;

/** A segment and the commitSeq up to which the cache held its filters. */
export interface HeldSegment {
  readonly id: number;
  readonly held: number;
}

/** Brings segments that lack little up to the snapshot; those that have left the cache meanwhile stay away. */
export async function loadDeltas(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segments: readonly (HeldSegment & { readonly newest: number })[],
): Promise<void> {
  const behind = segments.filter(({ held, newest }) => newest > held);
  if (behind.length === 0) return;
  const rows = await snapshot.rows(
    `SELECT ${FILTER_COLUMNS}, f.segment_id
     FROM unnest($1::int[], $2::bigint[]) AS known (id, watermark)
     JOIN skip_filter AS f ON f.segment_id = known.id AND f.commit_seq > known.watermark
     ORDER BY f.segment_id, f.commit_seq`,
    [behind.map(({ id }) => id), behind.map(({ held }) => held)],
  );
  const bySegment = Map.groupBy(rows, (row) => Number(row[7]));
  for (const { id, held } of behind) {
    if (cache.watermark(id) < held) continue;
    cache.append(id, (bySegment.get(id) ?? []).map(decodeFilter));
  }
  await sortOut(
    snapshot,
    cache,
    behind.map(({ id }) => id),
  );
}

/** Filters that a job has joined to larger ones stay true, but cost memory and time. */
async function sortOut(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segmentIds: readonly number[],
): Promise<void> {
  const ids = segmentIds.filter((id) => cache.isUnsorted(id));
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
 * Loads what the cache lacks of a segment, unless the segment leaves the cache meanwhile. In portions, so that the
 * connection's buffers stay small, but of one snapshot and at once: the cache holds for each filter up to its watermark
 * either that or the one that replaced it, so that it can answer for older snapshots, too. Filters that were replaced
 * are sorted out.
 */
export async function loadSegment(
  { pool, cache, portionBytes }: LoadParts,
  segmentId: number,
): Promise<void> {
  const start = { path: 'ordered', timeoutMs: LOAD_TIMEOUT_MS } as const;
  await withSnapshot(pool, NEVER, start, async (snapshot) => {
    const held = cache.watermark(segmentId);
    const sizes = await snapshot.rows(
      `SELECT commit_seq, octet_length(bits) FROM skip_filter
       WHERE segment_id = $1 AND commit_seq > $2 ORDER BY commit_seq`,
      [segmentId, held],
    );
    const filters: CachedFilter[] = [];
    for (const last of portionEnds(sizes, portionBytes)) {
      const rows = await snapshot.rows(
        `SELECT ${FILTER_COLUMNS} FROM skip_filter
         WHERE segment_id = $1 AND commit_seq > $2 AND commit_seq <= $3 ORDER BY commit_seq`,
        [segmentId, filters.at(-1)?.commitSeq ?? held, last],
      );
      filters.push(...rows.map(decodeFilter));
    }
    if (cache.watermark(segmentId) < held) return;
    cache.append(segmentId, filters);
    await sortOut(snapshot, cache, [segmentId]);
  });
}

export interface NewFilters {
  readonly segmentId: number;
  readonly bytes: number;
  /** commitSeq of the newest one. */
  readonly newest: number;
}

/** Segments with filters after a commitSeq, the newest segments first. */
export async function newFilters(pool: Pool, after: number): Promise<readonly NewFilters[]> {
  const start = { path: 'any', timeoutMs: LOAD_TIMEOUT_MS } as const;
  const rows = await withSnapshot(pool, NEVER, start, (snapshot) =>
    snapshot.rows(
      `SELECT s.id, sum(octet_length(f.bits)), max(f.commit_seq)
       FROM skip_filter AS f JOIN segment AS s ON s.id = f.segment_id
       WHERE f.commit_seq > $1 GROUP BY s.id ORDER BY s.range_start DESC`,
      [after],
    ),
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

/** Bytes travel as base64: the driver reads no binary values. */
function decodeFilter(row: TextRow): CachedFilter {
  return {
    ...decodePlace(row.slice(1)),
    commitSeq: Number(row[0]),
    bits: Uint8Array.from(Buffer.from(row[6] ?? '', 'base64')),
  };
}
