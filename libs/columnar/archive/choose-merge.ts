import type { ColumnarSegment } from './file-catalog.ts';

/** A segment and what its files hold. */
export interface SegmentSize {
  readonly segment: ColumnarSegment;
  readonly events: number;
  readonly files: number;
}

/** The largest is written again only together with at least half as many events of others. */
const MOST_TIMES_THE_REST = 2;

/**
 * Which segments of the same range become one file: small ones first, as long as one file holds them. A large segment
 * waits until the small ones beside it are many, so that an event is written again only a few times however often
 * late events come (the same reasoning as in a log-structured merge tree).
 *
 * @param eventsPerFile events of a file at the most
 */
export function chooseMerges(
  sizes: readonly SegmentSize[],
  eventsPerFile: number,
): readonly (readonly SegmentSize[])[] {
  const ranges = Map.groupBy(sizes, ({ segment }) => `${segment.start} ${segment.end}`);
  return [...ranges.values()]
    .map((range) => mergeOf(range, eventsPerFile))
    .filter((merge) => filesOf(merge) > 1 && eventsOf(merge) > 0);
}

function mergeOf(range: readonly SegmentSize[], eventsPerFile: number): readonly SegmentSize[] {
  const chosen = range.toSorted((a, b) => a.events - b.events);
  while (eventsOf(chosen) > eventsPerFile) chosen.pop();
  while (chosen.length > 1 && isTooLarge(chosen)) chosen.pop();
  return chosen;
}

function isTooLarge(ascending: readonly SegmentSize[]): boolean {
  const largest = ascending.at(-1)?.events ?? 0;
  return largest > MOST_TIMES_THE_REST * (eventsOf(ascending) - largest);
}

function eventsOf(sizes: readonly SegmentSize[]): number {
  return sizes.reduce((sum, { events }) => sum + events, 0);
}

function filesOf(sizes: readonly SegmentSize[]): number {
  return sizes.reduce((sum, { files }) => sum + files, 0);
}
