import type { Pool } from 'pg';
import type { TokenRequirement } from '#query';
import { decodePlace, mergeCandidates, type Candidate, type PlacedCandidate } from './candidate.ts';
import { loadDeltas, loadSegment, sizesOfFilters } from './load-filters.ts';
import { mayFulfil, probeSql, toProbe, type Probe } from './filter-probe.ts';
import type { Segment } from './segment.ts';
import { SkipFilterCache, type CachedFilter } from './skip-filter-cache.ts';
import type { Snapshot } from './snapshot.ts';
import { TimeDensity } from './time-density.ts';

/** What the skip index says about one segment: every match lies in a candidate. */
export interface SegmentCandidates {
  readonly segment: Segment;
  /** Without overlap. */
  readonly candidates: readonly PlacedCandidate[];
  /** Events in the candidates, and in all groups of the segment. */
  readonly candidateEvents: number;
  readonly events: number;
}

/** Which groups may hold the tokens of a query. */
export interface SkipIndexReader {
  /** One answer per segment, in their order. */
  find(
    snapshot: Snapshot,
    segments: readonly Segment[],
    requirement: TokenRequirement,
  ): Promise<readonly SegmentCandidates[]>;
  /** Ends when filters that are being loaded in the background are loaded. */
  settled(): Promise<void>;
}

export interface SkipIndexReaderSettings {
  readonly maxBytes: number;
  /** Filters up to this size are loaded within a search; more in the background. Default 4 MiB. */
  readonly inlineBytes?: number;
  /** Filters that are loaded by one statement in the background. Default 8 MiB. */
  readonly portionBytes?: number;
  /** Loads at once what fits, the newest segments first, so that the first searches find it in memory. Default false. */
  readonly preload?: boolean;
  /** Called when loading filters in the background failed; searches go on without them in memory. */
  readonly onLoadFailed: (error: unknown) => void;
}

const INLINE_BYTES = 4 * 1024 * 1024;
const PORTION_BYTES = 8 * 1024 * 1024;

export function createSkipIndexReader(
  pool: Pool,
  settings: SkipIndexReaderSettings,
): SkipIndexReader {
  const cache = new SkipFilterCache(settings.maxBytes);
  const { inlineBytes = INLINE_BYTES, portionBytes = PORTION_BYTES } = settings;
  const loading = new Map<number, Promise<void>>();
  const failed = (error: unknown): void => {
    // Whoever closes the pool does not wait for filters.
    if (!pool.ending) settings.onLoadFailed(error);
  };

  const load = (segmentId: number): Promise<void> => {
    const known = loading.get(segmentId);
    if (known !== undefined) return known;
    const load = loadSegment({ pool, cache, portionBytes }, segmentId)
      .catch(failed)
      .finally(() => loading.delete(segmentId));
    loading.set(segmentId, load);
    return load;
  };

  const preload = async (): Promise<void> => {
    let room = settings.maxBytes;
    for (const { segmentId, bytes } of await sizesOfFilters(pool)) {
      room -= bytes;
      if (room < 0 || pool.ending) return;
      await load(segmentId);
    }
  };
  const preloaded = settings.preload === true ? preload().catch(failed) : Promise.resolve();

  return {
    async find(snapshot, segments, requirement) {
      cache.retain(new Set(snapshot.segments.map((segment) => segment.id)));
      const probe = toProbe(requirement);
      const states = await readStates(snapshot, cache, segments);
      const cold = segments.filter(({ id }) => (states.get(id)?.missingBytes ?? 0) > inlineBytes);
      const coldIds = new Set(cold.map(({ id }) => id));
      const behind = segments.filter(
        ({ id }) => !coldIds.has(id) && (states.get(id)?.missingBytes ?? 0) > 0,
      );
      await loadDeltas(snapshot, cache, behind);
      const probed = await probeInPostgres(snapshot, cold, probe);
      for (const { id } of cold) {
        if (cache.fits(id, states.get(id)?.missingBytes ?? 0)) void load(id);
      }
      return segments.map((segment) => {
        const found = coldIds.has(segment.id)
          ? (probed.get(segment.id) ?? NOTHING_PROBED)
          : probeInMemory(cache.get(segment.id), probe);
        return judge(segment, found, states.get(segment.id)?.parts ?? []);
      });
    },
    async settled() {
      await preloaded;
      await Promise.all(loading.values());
    },
  };
}

interface Probed {
  readonly hits: readonly Candidate[];
  /** What all filters of the segment cover. */
  readonly filters: readonly Candidate[];
}

const NOTHING_PROBED: Probed = { hits: [], filters: [] };

function probeInMemory(filters: readonly CachedFilter[], probe: Probe): Probed {
  return {
    hits: filters.filter((filter) => mayFulfil(probe, filter.bits)).map(placeOf),
    filters,
  };
}

function placeOf({ firstGroup, lastGroup, events, minTs, maxTs }: Candidate): Candidate {
  return { firstGroup, lastGroup, events, minTs, maxTs };
}

function judge(segment: Segment, probed: Probed, parts: readonly Candidate[]): SegmentCandidates {
  const found = [...probed.hits, ...parts];
  const all = [...probed.filters, ...parts];
  const density = new TimeDensity(found.length === 0 ? [] : all);
  return {
    segment,
    candidates: mergeCandidates(found).map((candidate) => ({
      ...candidate,
      eventsAround: density.eventsAround(candidate.minTs, candidate.maxTs),
    })),
    candidateEvents: sumEvents(found),
    events: sumEvents(all),
  };
}

function sumEvents(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, candidate) => sum + candidate.events, 0);
}

/** What the snapshot says about a segment beside the filters in the cache. */
interface SegmentState {
  /** Groups that no filter covers. */
  readonly parts: Candidate[];
  missingBytes: number;
}

const PLACE = `events, (extract(epoch FROM min_ts) * 1000000)::bigint,
  (extract(epoch FROM max_ts) * 1000000)::bigint`;

async function readStates(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segments: readonly Segment[],
): Promise<ReadonlyMap<number, SegmentState>> {
  const ids = segments.map((segment) => segment.id);
  const rows = await snapshot.rows(
    `SELECT segment_id, group_seq, group_seq, ${PLACE}, NULL::bigint
     FROM group_part WHERE segment_id = ANY($1::int[])
     UNION ALL
     SELECT f.segment_id, NULL, NULL, NULL, NULL, NULL, sum(octet_length(f.bits))
     FROM unnest($1::int[], $2::bigint[]) AS known (id, watermark)
     JOIN skip_filter AS f ON f.segment_id = known.id AND f.commit_seq > known.watermark
     GROUP BY f.segment_id`,
    [ids, ids.map((id) => cache.watermark(id))],
  );
  const states = new Map<number, SegmentState>();
  for (const [segmentId, ...rest] of rows) {
    const id = Number(segmentId);
    const state = states.get(id) ?? { parts: [], missingBytes: 0 };
    const bytes = rest[5] ?? null;
    if (bytes === null) state.parts.push(decodePlace(rest));
    else state.missingBytes = Number(bytes);
    states.set(id, state);
  }
  return states;
}

/** Segments whose filters are not all in memory. */
async function probeInPostgres(
  snapshot: Snapshot,
  segments: readonly Segment[],
  probe: Probe,
): Promise<ReadonlyMap<number, Probed>> {
  if (segments.length === 0) return new Map();
  const rows = await snapshot.rows(
    `SELECT segment_id, first_group, last_group, ${PLACE}, (${probeSql(probe)})::int
     FROM skip_filter WHERE segment_id = ANY($1::int[])`,
    [segments.map(({ id }) => id)],
  );
  const bySegment = Map.groupBy(rows, ([segmentId]) => Number(segmentId));
  return new Map(
    [...bySegment].map(([id, rows]) => {
      const filters = rows.map((row) => decodePlace(row.slice(1)));
      return [id, { hits: filters.filter((_, index) => rows[index]?.[6] === '1'), filters }];
    }),
  );
}
