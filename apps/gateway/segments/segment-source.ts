import type { ListedRange, ListedSegment } from '#columnar';

/** Where the list of tables and columnar files comes from: oldest first. */
export type SegmentSource = (range: ListedRange) => Promise<readonly ListedSegment[]>;
