import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { PoolClient } from 'pg';
import { transaction } from '#store';
import { ObjectCorruptError } from '../cache/errors.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import { checksumOf } from '../files/checksum.ts';
import { COLUMN_NAMES, ORDER, quoted, readFiles } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { metadataKeys } from '../files/metadata-keys.ts';
import { sha256Of, withScratch } from '../files/scratch.ts';
import type { Source } from '../files/source.ts';
import { writeColumnarFile, type WrittenFile } from '../files/write-file.ts';
import { ObjectMissingError } from '../storage/object-storage.ts';
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
import { storeFile, VerificationError } from './store-file.ts';
import { isInOrder } from './verify-order.ts';

/**
 * Writes the small files of one range as one: those of late events beside each other and beside their day. The old
 * files serve until the new one was read back and counts, and stay for readers that began before.
 *
 * @returns whether there may be more to merge
 */
export async function mergeNext(
  parts: ArchiveParts,
  client: PoolClient,
  signal: AbortSignal,
): Promise<boolean> {
  const merges = chooseMerges(await segmentSizes(client), parts.limits.eventsPerFile);
  for (const merge of merges) {
    const segments = merge.map(({ segment }) => segment).sort((a, b) => a.id - b.id);
    if (await mergeSegments(parts, client, segments, signal)) return true;
  }
  return false;
}

async function segmentSizes(client: PoolClient): Promise<readonly SegmentSize[]> {
  const { rows } = await client.query<{ id: number; events: string; files: number }>(
    `SELECT segment_id AS id, sum(events) AS events, count(*)::int AS files FROM columnar_file
     WHERE segment_id IS NOT NULL GROUP BY segment_id`,
  );
  const held = new Map(
    rows.map(({ id, events, files }) => [id, { events: Number(events), files }]),
  );
  return (await columnarSegments(client)).map((segment) => ({
    segment,
    ...(held.get(segment.id) ?? { events: 0, files: 0 }),
  }));
}

/** @returns false where the files stay as they are, because something is wrong with them */
async function mergeSegments(
  parts: ArchiveParts,
  client: PoolClient,
  segments: readonly ColumnarSegment[],
  signal: AbortSignal,
): Promise<boolean> {
  const relation = segments[0]?.relation ?? '';
  try {
    return await withScratch(parts.scratch, async (folder) => {
      const merger = new Merger(parts, client, folder, signal);
      const { file, replaced } = await merger.run(segments);
      if (!(await publish(client, segments, file))) return false;
      parts.telemetry.emit(filesMerged, {
        relation,
        files: replaced,
        events: file.events,
        bytes: file.bytes + file.skipBytes,
      });
      await parts.between('merged', 0, signal);
      return true;
    });
  } catch (error) {
    if (!isWrongWithFiles(error)) throw error;
    parts.telemetry.emit(archiveGivenUp, { relation, reason: error.message });
    return false;
  }
}

function isWrongWithFiles(error: unknown): error is Error {
  return (
    error instanceof VerificationError ||
    error instanceof ObjectCorruptError ||
    error instanceof ObjectMissingError
  );
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
    for (const file of old) paths.push(await this.pathOf(file));
    const largest = old.reduce((most, file) => (file.events > most.events ? file : most));
    const keys = await metadataKeys(parts.engine, paths[old.indexOf(largest)] ?? '', limits);
    const name = `${dirname(largest.name)}/${randomUUID()}.parquet`;
    await noteFile(client, name);
    await this.done('named');
    const target = join(folder, basename(name));
    const source = allOf(paths);
    const ordered = { sql: `(SELECT * FROM ${source.sql} ORDER BY ${ORDER})`, values: [] };
    const written = await writeColumnarFile(parts.engine, ordered, keys, target, limits);
    await this.done('written');
    await this.compare(source, written);
    await storeFile(parts, name, written, folder, limits.signal);
    await this.done('stored');
    return { file: { name, ...written.record }, replaced: old.length };
  }

  private async pathOf(file: FileRecord): Promise<string> {
    const { storage } = this.parts;
    const direct = storage.pathOf(file.name);
    const path = direct ?? join(this.folder, basename(file.name));
    if (direct === null) await storage.fetch(file.name, path, this.limits.signal);
    if ((await sha256Of(path)) !== file.sha256) throw new ObjectCorruptError(file.name);
    return path;
  }

  /** @throws VerificationError where the new file holds other events than the old ones */
  private async compare(source: Source, { path, sums }: WrittenFile): Promise<void> {
    const { engine } = this.parts;
    const wanted = await checksumOf(engine, source, this.limits);
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

/** The events of all files. One by one: their columns for keys of metadata differ. */
function allOf(paths: readonly string[]): Source {
  const columns = COLUMN_NAMES.map(quoted).join(', ');
  const each = paths.map((path) => `SELECT ${columns} FROM ${readFiles([path])}`);
  return { sql: `(${each.join(' UNION ALL ')})`, values: [] };
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
