import type { Pool } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import type { TokenRequirement } from '#query';
import { decodePlace, mergeCandidates, type Candidate, type PlacedCandidate } from './candidate.ts';
import { FilterLoader } from './filter-loader.ts';
import { mayFulfil, probeSql, toProbe, type Probe } from './filter-probe.ts';
import { loadDeltas, type HeldSegment } from './load-filters.ts';
import type { Segment } from './segment.ts';
import { SkipFilterCache, type CachedFilter } from './skip-filter-cache.ts';
import type { Snapshot } from './snapshot.ts';
import { TimeDensity } from './time-density.ts';

/** A segment, or a part of its time. */
export interface SegmentRange {
  readonly segment: Segment;
  readonly from: Micros;
  /** Exclusive. */
  readonly to: Micros;
}

/** What the skip index says about a range: every match in it lies in a candidate. */
export interface SegmentCandidates {
  readonly segment: Segment;
  /** Without overlap, their times cut to the range. */
  readonly candidates: readonly PlacedCandidate[];
  /** Events in the candidates, and in all groups that reach into the range. */
  readonly candidateEvents: number;
  readonly events: number;
}

/** Which groups may hold the tokens of a query. */
export interface SkipIndexReader {
  /** One answer per range, in their order; each of another segment. */
  find(
    snapshot: Snapshot,
    ranges: readonly SegmentRange[],
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
  /** Has filters loaded before a search needs them: what fits, at once and this often thereafter. Default null: never. */
  readonly followMs?: number | null;
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
  const { inlineBytes = INLINE_BYTES, portionBytes = PORTION_BYTES, followMs = null } = settings;
  const loader = new FilterLoader(pool, cache, { ...settings, portionBytes, followMs });

  return {
    async find(snapshot, ranges, requirement) {
      loader.asked();
      cache.retain(new Set(snapshot.segments.map((segment) => segment.id)));
      const probe = toProbe(requirement);
      const segments = ranges.map(({ segment }) => segment);
      const states = await readStates(snapshot, cache, segments);
      const few = [...states.values()].filter((state) => state.missingBytes <= inlineBytes);
      await loadDeltas(snapshot, cache, few);
      // Probed before anything else is awaited: other searches have segments leave the cache.
      const inMemory = new Map<number, Probed>();
      for (const range of ranges) {
        const { id } = range.segment;
        if (cache.watermark(id) < (states.get(id)?.newest ?? 0)) continue;
        inMemory.set(id, probeInMemory(cache.get(id), range, probe));
      }
      const cold = ranges.filter(({ segment }) => !inMemory.has(segment.id));
      const inPostgres = await probeInPostgres(snapshot, cold, probe);
      for (const { segment } of cold) {
        if (cache.fits(segment.id, states.get(segment.id)?.missingBytes ?? 0))
          void loader.load(segment.id);
      }
      return ranges.map((range) => {
        const { id } = range.segment;
        const probed = inMemory.get(id) ?? inPostgres.get(id) ?? NOTHING_PROBED;
        return judge(range, probed, states.get(id)?.parts ?? []);
      });
    },
    settled: () => loader.settled(),
  };
}

interface Probed {
  readonly hits: readonly Candidate[];
  /** What all filters over the range cover. */
  readonly filters: readonly Candidate[];
}

const NOTHING_PROBED: Probed = { hits: [], filters: [] };

function probeInMemory(all: readonly CachedFilter[], range: SegmentRange, probe: Probe): Probed {
  const filters = all.filter((filter) => reachesInto(filter, range));
  return {
    hits: filters.filter((filter) => mayFulfil(probe, filter.bits)).map(placeOf),
    filters,
  };
}

function reachesInto({ minTs, maxTs }: Candidate, { from, to }: SegmentRange): boolean {
  return minTs < to && maxTs >= from;
}

function placeOf({ firstGroup, lastGroup, events, minTs, maxTs }: Candidate): Candidate {
  return { firstGroup, lastGroup, events, minTs, maxTs };
}

function judge(
  range: SegmentRange,
  probed: Probed,
  allParts: readonly Candidate[],
): SegmentCandidates {
  const parts = allParts.filter((part) => reachesInto(part, range));
  const found = [...probed.hits, ...parts];
  const all = [...probed.filters, ...parts];
  const density = new TimeDensity(found.length === 0 ? [] : all);
  const { segment, from, to } = range;
  return {
    segment,
    candidates: mergeCandidates(found).map((candidate) => {
      const minTs = Math.max(candidate.minTs, from);
      const maxTs = Math.min(candidate.maxTs, to - 1);
      return { ...candidate, minTs, maxTs, eventsAround: density.eventsAround(minTs, maxTs) };
    }),
    candidateEvents: sumEvents(found),
    events: sumEvents(all),
  };
}

function sumEvents(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, candidate) => sum + candidate.events, 0);
}

/** What the snapshot says about a segment beside the filters in the cache. */
interface SegmentState extends HeldSegment {
  /** Groups that no filter covers. */
  readonly parts: Candidate[];
  missingBytes: number;
  /** commitSeq of the newest filter: the cache can answer once it has come so far. */
  newest: number;
}

const PLACE = `events, (extract(epoch FROM min_ts) * 1000000)::bigint,
  (extract(epoch FROM max_ts) * 1000000)::bigint`;

async function readStates(
  snapshot: Snapshot,
  cache: SkipFilterCache,
  segments: readonly Segment[],
): Promise<ReadonlyMap<number, SegmentState>> {
  const states = new Map<number, SegmentState>();
  for (const { id } of segments) {
    const held = cache.watermark(id);
    states.set(id, { id, held, parts: [], missingBytes: 0, newest: held });
  }
  const known = [...states.values()];
  const rows = await snapshot.rows(
    `SELECT segment_id, group_seq, group_seq, ${PLACE}, NULL::bigint
     FROM group_part WHERE segment_id = ANY($1::int[])
     UNION ALL
     SELECT f.segment_id, max(f.commit_seq), NULL, NULL, NULL, NULL, sum(octet_length(f.bits))
     FROM unnest($1::int[], $2::bigint[]) AS known (id, watermark)
     JOIN skip_filter AS f ON f.segment_id = known.id AND f.commit_seq > known.watermark
     GROUP BY f.segment_id`,
    [known.map(({ id }) => id), known.map(({ held }) => held)],
  );
  for (const [segmentId, ...rest] of rows) {
    const state = states.get(Number(segmentId));
    if (state === undefined) continue;
    const bytes = rest[5] ?? null;
    if (bytes === null) state.parts.push(decodePlace(rest));
    else {
      state.missingBytes = Number(bytes);
      state.newest = Number(rest[0]);
    }
  }
  return states;
}

/** Ranges of segments whose filters are not all in memory. */
async function probeInPostgres(
  snapshot: Snapshot,
  ranges: readonly SegmentRange[],
  probe: Probe,
): Promise<ReadonlyMap<number, Probed>> {
  if (ranges.length === 0) return new Map();
  const rows = await snapshot.rows(
    `SELECT segment_id, first_group, last_group, ${PLACE}, (${probeSql(probe)})::int
     FROM unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) AS range (id, begins, ends)
     JOIN skip_filter ON segment_id = range.id AND min_ts < range.ends AND max_ts >= range.begins`,
    [
      ranges.map(({ segment }) => segment.id),
      ranges.map(({ from }) => formatTimestamp(from)),
      ranges.map(({ to }) => formatTimestamp(to)),
    ],
  );
  const bySegment = Map.groupBy(rows, ([segmentId]) => Number(segmentId));
  return new Map(
    [...bySegment].map(([id, rows]) => {
      const filters = rows.map((row) => decodePlace(row.slice(1)));
      return [id, { hits: filters.filter((_, index) => rows[index]?.[6] === '1'), filters }];
    }),
  );
}
