import { open, type FileHandle } from 'node:fs/promises';
import { readSync } from 'node:fs';
import type { Micros } from '#event';
import type { FilterBits } from '#store';

/** What a row group of a columnar file holds at the most. */
export interface RowGroup {
  readonly events: number;
  readonly minTs: Micros;
  /** Inclusive. */
  readonly maxTs: Micros;
  readonly firstGroup: number;
  readonly lastGroup: number;
  /** Whether all messages are ASCII; absent where that is not known. */
  readonly ascii?: boolean;
}

interface PlacedRowGroup extends RowGroup {
  /** Where its Bloom filter lies in the file. */
  readonly offset: number;
  readonly bytes: number;
}

/*
 * The skip file of a columnar file: 8 bytes `PENSKIP1`, the length of the index as a big-endian 32-bit number, the
 * index as JSON (an array of `PlacedRowGroup`, in the order of the row groups), and the Bloom filters
 * (libs/store/skip-index/bloom-filter.ts) one after the other. Offsets count from behind the index.
 */
const MAGIC = Buffer.from('PENSKIP1', 'latin1');
const HEAD_BYTES = MAGIC.length + 4;
const LARGEST_INDEX = 64 * 1024 * 1024;

export function encodeSkipFile(
  groups: readonly (RowGroup & { readonly filter: Buffer })[],
): readonly Buffer[] {
  let offset = 0;
  const placed = groups.map(({ filter, ...group }): PlacedRowGroup => {
    const place = { ...group, offset, bytes: filter.length };
    offset += filter.length;
    return place;
  });
  const index = Buffer.from(JSON.stringify(placed), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(index.length);
  return [MAGIC, length, index, ...groups.map((group) => group.filter)];
}

/** The index of a skip file in memory; the filters stay on the disk, where a probe reads single bytes. */
export class SkipFile {
  /** Of the file that was read: another one under its path has other filters at other places. */
  private readonly stamp: string;
  readonly groups: readonly RowGroup[];
  private readonly placed: readonly PlacedRowGroup[];
  private readonly filtersAt: number;

  private constructor(placed: readonly PlacedRowGroup[], filtersAt: number, stamp: string) {
    this.stamp = stamp;
    this.placed = placed;
    this.groups = placed;
    this.filtersAt = filtersAt;
  }

  /** @throws RangeError for bytes that are no skip file */
  static async read(path: string): Promise<SkipFile> {
    const file = await open(path, 'r');
    try {
      const head = await readBytes(file, 0, HEAD_BYTES);
      const length = head.readUInt32BE(MAGIC.length);
      if (!head.subarray(0, MAGIC.length).equals(MAGIC) || length > LARGEST_INDEX) {
        throw new RangeError(`${path} is no skip file`);
      }
      const index = await readBytes(file, HEAD_BYTES, length);
      const placed = JSON.parse(index.toString('utf8')) as PlacedRowGroup[];
      return new SkipFile(placed, HEAD_BYTES + length, await stampOf(file));
    } finally {
      await file.close();
    }
  }

  /**
   * The row groups that reach into a range, by index, whose filters fulfil a test. Reads some bytes of each, which the
   * system has cached.
   *
   * @param range `to` is exclusive
   * @throws RangeError where the file is not the one that was read
   */
  async matching(
    path: string,
    range: { readonly from: Micros; readonly to: Micros },
    test: (filter: FilterBits) => boolean,
  ): Promise<readonly number[]> {
    const file = await open(path, 'r');
    try {
      if ((await stampOf(file)) !== this.stamp) throw new RangeError(`${path} has changed`);
      const byte = Buffer.alloc(1);
      return this.placed.flatMap(({ minTs, maxTs, offset, bytes }, index) => {
        if (minTs >= range.to || maxTs < range.from) return [];
        const start = this.filtersAt + offset;
        const byteAt = (at: number): number => {
          if (readSync(file.fd, byte, 0, 1, start + at) < 1)
            throw new RangeError(`${path} ends too soon`);
          return byte[0] ?? 0;
        };
        return test({ length: bytes, byteAt }) ? [index] : [];
      });
    } finally {
      await file.close();
    }
  }
}

async function stampOf(file: FileHandle): Promise<string> {
  const { ino, size, mtimeMs } = await file.stat();
  return `${ino} ${size} ${mtimeMs}`;
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new RangeError('a skip file ends too soon');
  return buffer;
}
