import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { PoolClient } from 'pg';
import { transaction } from '#store';
import { EngineMemoryError } from '../duckdb/engine-memory-error.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import {
  addChecksums,
  averageTextBytes,
  checksumOf,
  textBytes,
  type Checksum,
} from '../files/checksum.ts';
import { COLUMN_NAMES, ORDER, quoted, readFiles } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { metadataKeys } from '../files/metadata-keys.ts';
import { openVerified } from '../files/open-verified.ts';
import { rowGroupSizeFor, VECTOR_ROWS, type RowGroupSize } from '../files/row-group-size.ts';
import { withScratch } from '../files/scratch.ts';
import type { Source } from '../files/source.ts';
import { writeColumnarFile, type WrittenFile } from '../files/write-file.ts';
import { chooseMerges, type SegmentSize } from './choose-merge.ts';
import { archiveGivenUp, filesMerged } from './events.ts';
import {
  columnarSegments,
  filesOfSegment,
  noteFile,
  replaceSegments,
  type ColumnarSegment,
} from './file-catalog.ts';
import type { ArchiveParts, ArchiveStep } from './parts.ts';
import type { SetAside } from './set-aside.ts';
import { storeFile, VerificationError } from './store-file.ts';
import { isInOrder } from './verify-order.ts';
import { isWrongWithFiles } from './wrong-files.ts';

/** What cannot be merged as large as it is. */
class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/**
 * Writes the small files of one range as one: those of late events beside each other and beside their day. The old
 * files serve until the new one was read back and counts, and stay for readers that began before. What something is
 * wrong with stays as it is, and is set aside.
 *
 * @returns whether there may be more to merge
 */
export async function mergeNext(
  parts: ArchiveParts,
  client: PoolClient,
  aside: SetAside,
  signal: AbortSignal,
): Promise<boolean> {
  const { eventsPerFile, bytesPerFile } = parts.limits;
  const bounds = { events: eventsPerFile, bytes: bytesPerFile };
  const sizes = (await segmentSizes(client)).filter((size) => !isOfLargeEvents(parts, size));
  for (const merge of chooseMerges(sizes, bounds)) {
    const segments = merge.map(({ segment }) => segment).sort((a, b) => a.id - b.id);
    if (aside.has('merge', ...idsOf(segments))) continue;
    try {
      if (await mergeSegments(parts, client, segments, signal)) return true;
    } catch (error) {
      giveUp(parts, segments, aside, error);
      // Tables come first again.
      return true;
    }
  }
  return false;
}

/** Their text is longer still: one file cannot hold it. */
function isOfLargeEvents(
  { limits: { bytesPerVector } }: ArchiveParts,
  { bytes, events }: SegmentSize,
): boolean {
  return bytes > bytesPerVector && bytes / events > bytesPerVector / VECTOR_ROWS;
}

/** @throws the error where it says nothing of the files */
function giveUp(
  { telemetry }: ArchiveParts,
  segments: readonly ColumnarSegment[],
  aside: SetAside,
  error: unknown,
): void {
  const ids = idsOf(segments);
  if (error instanceof TooLargeError) {
    aside.addForGood('merge', ...ids);
    return;
  }
  if (!isWrongWithFiles(error)) throw error;
  if (error instanceof EngineMemoryError) aside.addForGood('merge', ...ids);
  else aside.add('merge', ...ids);
  const relation = segments[0]?.relation ?? '';
  telemetry.emit(archiveGivenUp, { relation, reason: error.message });
}

function idsOf(segments: readonly ColumnarSegment[]): readonly number[] {
  return segments.map(({ id }) => id);
}

async function segmentSizes(client: PoolClient): Promise<readonly SegmentSize[]> {
  const { rows } = await client.query<{ id: number; events: string; files: number; bytes: string }>(
    `SELECT segment_id AS id, sum(events) AS events, count(*)::int AS files, sum(bytes) AS bytes FROM columnar_file
     WHERE segment_id IS NOT NULL GROUP BY segment_id`,
  );
  const held = new Map(
    rows.map(({ id, events, files, bytes }) => [
      id,
      { events: Number(events), files, bytes: Number(bytes) },
    ]),
  );
  return (await columnarSegments(client)).map((segment) => ({
    segment,
    ...(held.get(segment.id) ?? { events: 0, files: 0, bytes: 0 }),
  }));
}

/** @returns false where retention has dropped a segment meanwhile */
async function mergeSegments(
  parts: ArchiveParts,
  client: PoolClient,
  segments: readonly ColumnarSegment[],
  signal: AbortSignal,
): Promise<boolean> {
  return withScratch(parts.scratch, async (folder) => {
    const merger = new Merger(parts, client, folder, signal);
    const { file, replaced } = await merger.run(segments);
    if (!(await publish(client, segments, file))) return false;
    parts.telemetry.emit(filesMerged, {
      relation: segments[0]?.relation ?? '',
      files: replaced,
      events: file.events,
      bytes: file.bytes + file.skipBytes,
    });
    await parts.between('merged', 0, signal);
    return true;
  });
}

class Merger {
  private readonly parts: ArchiveParts;
  private readonly client: PoolClient;
  private readonly folder: string;
  private readonly limits: StatementLimits;
  private startedMs = performance.now();

  constructor(parts: ArchiveParts, client: PoolClient, folder: string, signal: AbortSignal) {
    this.parts = parts;
    this.client = client;
    this.folder = folder;
    this.limits = { timeoutMs: 0, signal };
  }

  /** Stores the merged file; it does not count yet. */
  async run(
    segments: readonly ColumnarSegment[],
  ): Promise<{ readonly file: FileRecord; readonly replaced: number }> {
    const { parts, client, folder, limits } = this;
    const old: FileRecord[] = [];
    for (const { id } of segments) old.push(...(await filesOfSegment(client, id)));
    const paths: string[] = [];
    for (const file of old) {
      paths.push(await openVerified(parts.storage, file, folder, limits.signal));
    }
    const { sums, groupSize } = await this.measure(paths);
    const largest = old.reduce((most, file) => (file.events > most.events ? file : most));
    const keys = await metadataKeys(parts.engine, paths[old.indexOf(largest)] ?? '', limits);
    const name = `${dirname(largest.name)}/${randomUUID()}.parquet`;
    await noteFile(client, name);
    await this.done('named');
    const target = join(folder, basename(name));
    const source = inOrder(paths);
    const written = await writeColumnarFile(parts.engine, source, keys, target, limits, groupSize);
    await this.done('written');
    await this.compare(sums, written);
    await storeFile(parts, name, written, folder, limits.signal);
    await this.done('stored');
    return { file: { name, ...written.record }, replaced: old.length };
  }

  /** @throws TooLargeError where one file does not hold so much text */
  private async measure(
    paths: readonly string[],
  ): Promise<{ readonly sums: Checksum; readonly groupSize: RowGroupSize }> {
    const { bytesPerFile, bytesPerVector } = this.parts.limits;
    let sums: Checksum = [];
    let longest = 0;
    for (const path of paths) {
      const source = { sql: readFiles([path]), values: [] };
      const held = await checksumOf(this.parts.engine, source, this.limits);
      sums = addChecksums(sums, held);
      longest = Math.max(longest, averageTextBytes(held));
    }
    const most = longest * VECTOR_ROWS > bytesPerVector ? bytesPerVector : bytesPerFile;
    if (textBytes(sums) > most) throw new TooLargeError(`more than ${most} bytes of text`);
    return { sums, groupSize: rowGroupSizeFor(longest) };
  }

  /** @throws VerificationError where the new file holds other events than the old ones */
  private async compare(wanted: Checksum, { path, sums }: WrittenFile): Promise<void> {
    const { engine } = this.parts;
    if (wanted.some((sum, at) => sum !== sums[at])) {
      throw new VerificationError('the merged file holds other events than those it was made of');
    }
    if (!(await isInOrder(engine, path, this.limits))) {
      throw new VerificationError('the events of the merged file are not in order');
    }
    await this.done('verified');
  }

  private async done(step: ArchiveStep): Promise<void> {
    const { signal } = this.limits;
    await this.parts.between(step, performance.now() - this.startedMs, signal);
    signal.throwIfAborted();
    this.startedMs = performance.now();
  }
}

/** The events of all files in order. One by one: their columns for keys of metadata differ. */
function inOrder(paths: readonly string[]): Source {
  const columns = COLUMN_NAMES.map(quoted).join(', ');
  const each = paths.map((path) => `SELECT ${columns} FROM ${readFiles([path])}`);
  return { sql: `(SELECT * FROM (${each.join(' UNION ALL ')}) ORDER BY ${ORDER})`, values: [] };
}

/**
 * Makes the merged file count in place of the others, in one transaction: a reader's snapshot sees either.
 *
 * @returns false where retention has dropped a segment meanwhile
 */
function publish(
  client: PoolClient,
  segments: readonly ColumnarSegment[],
  file: FileRecord,
): Promise<boolean> {
  return transaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '10s'`);
    const { rowCount } = await client.query(
      'SELECT FROM segment WHERE id = ANY($1::int[]) FOR UPDATE',
      [segments.map(({ id }) => id)],
    );
    const [first] = segments;
    if (first === undefined || rowCount !== segments.length) return false;
    const sealed = segments.map(({ sealedCommit }) => BigInt(sealedCommit ?? 0));
    const merged = { ...first, sealedCommit: String(sealed.reduce((a, b) => (a > b ? a : b))) };
    await replaceSegments(client, segments, merged, [file]);
    return true;
  });
}
