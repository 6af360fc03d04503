import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PoolClient } from 'pg';
import { EngineMemoryError } from '../duckdb/engine-memory-error.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import { addChecksums, checksumNumbers, rowChecksumSql, type Checksum } from '../files/checksum.ts';
import { quoted } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { readCopied } from '../files/copied-rows.ts';
import { MOST_GROUP_BYTES, rowGroupSizeOf } from '../files/row-group-size.ts';
import { writeColumnarFile, type WrittenFile } from '../files/write-file.ts';
import type { SealedTable } from './choose.ts';
import { copyOut, frequentKeys, type CopiedFile, type CopiedPosition } from './copy-out.ts';
import { noteFile } from './file-catalog.ts';
import type { ArchiveParts, ArchiveStep } from './parts.ts';
import type { FileBounds } from './row-meter.ts';
import { storeFile, VerificationError } from './store-file.ts';
import { isInOrder } from './verify-order.ts';

/**
 * Writes a sealed table as files into the storage and reads them back: nothing counts yet.
 *
 * @throws VerificationError where the files hold other events than the table
 */
export async function makeFiles(
  parts: ArchiveParts,
  client: PoolClient,
  table: SealedTable,
  folder: string,
  signal: AbortSignal,
): Promise<readonly FileRecord[]> {
  const maker = new FileMaker(parts, client, table, folder, signal);
  await maker.run();
  return maker.files;
}

/** How much less text than it had at once DuckDB gets where it had too little memory. */
const SHRINKING = 4;

class FileMaker {
  readonly files: FileRecord[] = [];
  private sums: Checksum = [];
  /** Of the columns of texts, as Postgres sent them. */
  private textSums: Checksum = [];
  private readonly parts: ArchiveParts;
  private readonly client: PoolClient;
  private readonly table: SealedTable;
  private readonly folder: string;
  private readonly limits: StatementLimits;
  /** They shrink where DuckDB has too little memory, and stay so for the rest of the table. */
  private bounds: FileBounds;
  private startedMs = performance.now();

  constructor(
    parts: ArchiveParts,
    client: PoolClient,
    table: SealedTable,
    folder: string,
    signal: AbortSignal,
  ) {
    this.parts = parts;
    this.client = client;
    this.table = table;
    this.folder = folder;
    this.limits = { timeoutMs: 0, signal };
    const { eventsPerFile, bytesPerFile, bytesPerVector } = parts.limits;
    this.bounds = { rows: eventsPerFile, bytes: bytesPerFile, vectorBytes: bytesPerVector };
  }

  async run(): Promise<void> {
    const keys = await frequentKeys(this.client, this.table.relation);
    let after: CopiedPosition | null = null;
    do after = await this.makeNext(keys, after);
    while (after !== null);
    await this.compareWithTable();
    await this.done('verified');
  }

  /** @returns the position of its last event, or null where there are no more */
  private async makeNext(
    keys: readonly string[],
    after: CopiedPosition | null,
  ): Promise<CopiedPosition | null> {
    const { parts, client, table, folder, limits } = this;
    const rows = join(folder, 'rows.tsv');
    const copied = await copyOut(client, table.relation, after, this.bounds, rows, limits.signal);
    if (copied.rows === 0) return null;
    const written = await this.write(keys, rows, copied);
    await rm(rows);
    if (written === null) return this.makeNext(keys, after);
    await this.done('written');
    await this.readBack(written);
    this.textSums = addChecksums(this.textSums, copied.textSums.map(BigInt));
    const name = `${dayOf(table)}/${basename(written.path)}`;
    await noteFile(client, name);
    await this.done('named');
    await storeFile(parts, name, written, folder, limits.signal);
    this.files.push({ name, ...written.record });
    await this.done('stored');
    return copied.more ? copied.last : null;
  }

  /** @returns null where that needs more memory than DuckDB has: the file is to hold less */
  private async write(
    keys: readonly string[],
    rows: string,
    copied: CopiedFile,
  ): Promise<WrittenFile | null> {
    const path = join(this.folder, `${randomUUID()}.parquet`);
    const { vectorBytes } = this.bounds;
    const groupSize = rowGroupSizeOf(copied.vectors, Math.min(vectorBytes, MOST_GROUP_BYTES));
    try {
      const source = readCopied(rows, copied.longestRow);
      return await writeColumnarFile(
        this.parts.engine,
        source,
        keys,
        path,
        this.limits,
        groupSize,
        copied.words,
      );
    } catch (error) {
      if (!(error instanceof EngineMemoryError) || copied.rows === 1) throw error;
      const failed = Math.min(vectorBytes, groupSize.bytes);
      this.bounds = { ...this.bounds, vectorBytes: Math.max(1, Math.floor(failed / SHRINKING)) };
      await rm(path, { force: true });
      return null;
    }
  }

  /** Adds up what the file holds, and checks its order. */
  private async readBack({ path, sums }: WrittenFile): Promise<void> {
    this.sums = addChecksums(this.sums, sums);
    if (!(await isInOrder(this.parts.engine, path, this.limits))) {
      throw new VerificationError('the events of a file are not in order');
    }
  }

  private async compareWithTable(): Promise<void> {
    const { rows } = await this.client.query<{ sums: string }>(
      `SELECT ${rowChecksumSql('postgres')} AS sums FROM ${quoted(this.table.relation)}`,
    );
    const wanted = [...checksumNumbers(rows[0]?.sums), ...this.textSums];
    const same =
      this.files.length === 0 ? wanted[0] === 0n : wanted.every((sum, at) => sum === this.sums[at]);
    if (!same) throw new VerificationError('the files hold other events than the table');
  }

  private async done(step: ArchiveStep): Promise<void> {
    const { signal } = this.limits;
    await this.parts.between(step, performance.now() - this.startedMs, signal);
    signal.throwIfAborted();
    this.startedMs = performance.now();
  }
}

/** `2026-11-24`: the UTC day in which the table begins. */
function dayOf({ start }: SealedTable): string {
  return new Date(start / 1_000).toISOString().slice(0, 10);
}
