import type { SegmentRange } from '../skip-index-reader.ts';
import type { Snapshot } from '../snapshot.ts';

export function wholeSegments({ segments }: Snapshot): SegmentRange[] {
  return segments.map((segment) => ({ segment, from: segment.start, to: segment.end }));
}
