import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  type Level,
  type Micros,
} from '#event';
import { parseTimestamptz, type Snapshot } from '#store';
import { countEvents } from './count-events.ts';
import type { SearchDependencies } from './dependencies.ts';
import { histogramGrouping, readBucket, readLevel } from './grouping.ts';
import { relationSql } from './piece.ts';
import type { Plan, Step } from './planner.ts';
import { orderSql } from './position.ts';
import type { HistogramAnswer, HistogramRequest, Order, RunOptions } from './search-service.ts';
import { hullOf, stretchesOf } from './stretches.ts';
import type { TimeRange } from './time-range.ts';

const WANTED_BUCKETS = 100;
const NICE_INTERVALS: readonly Micros[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MICROS_PER_SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MICROS_PER_MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * MICROS_PER_HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * MICROS_PER_DAY),
];

export async function histogram(
  deps: SearchDependencies,
  request: HistogramRequest,
  options: RunOptions,
): Promise<HistogramAnswer> {
  let interval = request.intervalMicros ?? MICROS_PER_SECOND;
  const counted = await countEvents(
    deps,
    request,
    async (snapshot, plan) => {
      if (request.intervalMicros === null) {
        interval = niceInterval(await extent(deps, snapshot, plan));
      }
      return histogramGrouping(interval);
    },
    options,
  );
  const buckets = new Map<Micros, Partial<Record<Level, number>>>();
  for (const { key, count } of counted.tally.entries()) {
    const start = readBucket(key[0] ?? '');
    const counts = buckets.get(start) ?? {};
    const level = readLevel(key[1]);
    // The same bucket is spelled differently by the engines.
    counts[level] = (counts[level] ?? 0) + count;
    buckets.set(start, counts);
  }
  return {
    intervalMicros: interval,
    buckets: [...buckets].sort(([a], [b]) => a - b).map(([start, counts]) => ({ start, counts })),
    partial: counted.partial,
  };
}

/** The smallest of the usual intervals that makes at most about 100 buckets. */
export function niceInterval(range: TimeRange): Micros {
  const least = (range.to - range.from) / WANTED_BUCKETS;
  return NICE_INTERVALS.find((interval) => interval >= least) ?? 365 * MICROS_PER_DAY;
}

/** What the range holds: where it is open, from the first to the last event of its segments. */
async function extent(
  deps: SearchDependencies,
  snapshot: Snapshot,
  { steps, range }: Plan,
): Promise<TimeRange> {
  const stretches = stretchesOf(steps);
  const [newest, oldest] = [stretches[0], stretches.at(-1)];
  if (newest === undefined || oldest === undefined) return { from: 0, to: 0 };
  const edges = (stretch: readonly Step[], order: Order) =>
    edgesOf(stretch, (step) => edge(deps, snapshot, step, order));
  const first = Number.isFinite(range.from) ? [range.from] : await edges(oldest, 'asc');
  const last = Number.isFinite(range.to) ? [range.to] : await edges(newest, 'desc');
  return {
    from: first.length === 0 ? hullOf(oldest).from : Math.min(...first),
    to: last.length === 0 ? hullOf(newest).to : Math.max(...last),
  };
}

async function edgesOf(
  stretch: readonly Step[],
  edgeOf: (step: Step) => Promise<Micros | null>,
): Promise<readonly Micros[]> {
  const edges: Micros[] = [];
  for (const step of stretch) {
    const found = await edgeOf(step);
    if (found !== null) edges.push(found);
  }
  return edges;
}

async function edge(
  { columnar }: SearchDependencies,
  snapshot: Snapshot,
  step: Step,
  order: Order,
): Promise<Micros | null> {
  if (step.engine === 'columnar') {
    const files = (await columnar?.filesOf(snapshot, [step.segment]))?.get(step.segment.id) ?? [];
    const times = files.map((file) => (order === 'asc' ? file.minTs : file.maxTs));
    if (times.length === 0) return null;
    return order === 'asc' ? Math.min(...times) : Math.max(...times);
  }
  const relation = relationSql({ step, from: step.from, to: step.to });
  const rows = await snapshot.rows(`SELECT ts FROM ${relation} ${orderSql(order)} LIMIT 1`);
  const text = rows[0]?.[0];
  return text ? parseTimestamptz(text) : null;
}
