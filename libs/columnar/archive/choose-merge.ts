import type { ColumnarSegment } from './file-catalog.ts';

/** A segment and what its files hold. */
export interface SegmentSize {
  readonly segment: ColumnarSegment;
  readonly events: number;
  readonly files: number;
  /** As they are compressed. */
  readonly bytes: number;
}

export interface MergeBounds {
  readonly events: number;
  /** As they are compressed, and so less than their text. */
  readonly bytes: number;
}

/** The largest is written again only together with at least half as many events of others. */
const MOST_TIMES_THE_REST = 2;

/**
 * Which segments of the same range become one file: small ones first, as long as one file holds them. A large segment
 * waits until the small ones beside it are many, so that an event is written again only a few times however often
 * late events come (the same reasoning as in a log-structured merge tree).
 *
 * @param bounds of a file
 */
export function chooseMerges(
  sizes: readonly SegmentSize[],
  bounds: MergeBounds,
): readonly (readonly SegmentSize[])[] {
  const ranges = Map.groupBy(sizes, ({ segment }) => `${segment.start} ${segment.end}`);
  return [...ranges.values()]
    .map((range) => mergeOf(range, bounds))
    .filter((merge) => sumOf(merge, 'files') > 1 && sumOf(merge, 'events') > 0);
}

function mergeOf(range: readonly SegmentSize[], bounds: MergeBounds): readonly SegmentSize[] {
  const share = ({ events, bytes }: SegmentSize): number =>
    Math.max(events / bounds.events, bytes / bounds.bytes);
  const chosen = range.toSorted((a, b) => share(a) - share(b));
  while (sumOf(chosen, 'events') > bounds.events || sumOf(chosen, 'bytes') > bounds.bytes) {
    chosen.pop();
  }
  chosen.sort((a, b) => a.events - b.events);
  while (chosen.length > 1 && isTooLarge(chosen)) chosen.pop();
  return chosen;
}

function isTooLarge(ascending: readonly SegmentSize[]): boolean {
  const largest = ascending.at(-1)?.events ?? 0;
  return largest > MOST_TIMES_THE_REST * (sumOf(ascending, 'events') - largest);
}

function sumOf(sizes: readonly SegmentSize[], measure: 'events' | 'files' | 'bytes'): number {
  return sizes.reduce((sum, size) => sum + size[measure], 0);
}
