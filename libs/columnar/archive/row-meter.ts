import { VECTOR_ROWS } from '../files/row-group-size.ts';

/** How much one file takes; the first row always fits. */
export interface FileBounds {
  readonly rows: number;
  /** Of the rows as the text of COPY. */
  readonly bytes: number;
  /** The same of one of DuckDB's vectors, of which it holds several copies at once. */
  readonly vectorBytes: number;
}

/** Measures the rows of a file as they come, and tells which of them it takes. */
export class RowMeter {
  /** Also those that it did not take. */
  seen = 0;
  rows = 0;
  bytes = 0;
  longestRow = 0;
  lastRow = 0;
  /** Bytes of each vector of the file. */
  readonly vectors: number[] = [];
  /** Whether a row did not fit: that and all later ones belong to another file. */
  full = false;
  private readonly bounds: FileBounds;

  constructor(bounds: FileBounds) {
    this.bounds = bounds;
  }

  /**
   * @param length of the row, in bytes
   * @returns whether the row belongs to the file
   */
  take(length: number): boolean {
    this.seen++;
    const at = Math.floor(this.rows / VECTOR_ROWS);
    const inVector = (this.vectors[at] ?? 0) + length;
    this.full ||= this.rows > 0 && !this.fits(length, inVector);
    if (this.full) return false;
    this.lastRow = length;
    this.rows++;
    this.bytes += length;
    this.longestRow = Math.max(this.longestRow, length);
    this.vectors[at] = inVector;
    return true;
  }

  private fits(length: number, inVector: number): boolean {
    const { rows, bytes, vectorBytes } = this.bounds;
    return this.rows < rows && this.bytes + length <= bytes && inVector <= vectorBytes;
  }
}
