/** Rows that DuckDB works on at once: a row group has a multiple of it, but for the last of a file. */
export const VECTOR_ROWS = 2_048;

/**
 * Vectors of a row group at the most. Few, for a row group is the least that a search reads: a rare word in seven of
 * them costs a fifth of what it does in row groups of 51,200, and all of the file is no larger.
 */
const MOST_VECTORS = 5;

/** Text of a row group at the most, where a vector does not hold more: it is gathered in memory when it is read back. */
export const MOST_GROUP_BYTES = 16 * 1024 * 1024;

/** How a file is divided into row groups. */
export interface RowGroupSize {
  readonly rows: number;
  /** Text of the largest, as far as that is known. */
  readonly bytes: number;
}

/** Where nothing is known of the rows. */
export const ROW_GROUP_SIZE: RowGroupSize = { rows: MOST_VECTORS * VECTOR_ROWS, bytes: 0 };

/**
 * As many rows as keep the largest row group below a number of bytes: one vector at the least.
 *
 * @param vectors bytes of each vector of the file
 */
export function rowGroupSizeOf(
  vectors: readonly number[],
  mostBytes = MOST_GROUP_BYTES,
): RowGroupSize {
  for (let count = MOST_VECTORS; ; count--) {
    const bytes = largestOf(vectors, count);
    if (bytes <= mostBytes || count === 1) return { rows: count * VECTOR_ROWS, bytes };
  }
}

/** The same of rows of which only an average is known. */
export function rowGroupSizeFor(averageBytes: number): RowGroupSize {
  return rowGroupSizeOf(Array<number>(MOST_VECTORS).fill(averageBytes * VECTOR_ROWS));
}

function largestOf(vectors: readonly number[], count: number): number {
  let largest = 0;
  for (let at = 0; at < vectors.length; at += count) {
    const bytes = vectors.slice(at, at + count).reduce((sum, each) => sum + each, 0);
    largest = Math.max(largest, bytes);
  }
  return largest;
}
