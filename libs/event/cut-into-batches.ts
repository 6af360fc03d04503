/** Bytes at which a batch is closed: what moves well through a queue (ARCHITECTURE.md, "Writing"). */
export const BATCH_BYTES = 256 * 1024;

/** A stretch of a list: `start` inclusive, `end` exclusive. */
export interface BatchRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts events, given by their sizes in bytes, into batches of at most `BATCH_BYTES`; a larger event is alone in
 * its batch. The cut depends on the sizes alone, so that a repeated request is cut the same way.
 */
export function cutIntoBatches(sizes: readonly number[]): BatchRange[] {
  const ranges: BatchRange[] = [];
  let start = 0;
  let bytes = 0;
  for (const [at, size] of sizes.entries()) {
    if (at > start && bytes + size > BATCH_BYTES) {
      ranges.push({ start, end: at });
      start = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (sizes.length > start) ranges.push({ start, end: sizes.length });
  return ranges;
}
