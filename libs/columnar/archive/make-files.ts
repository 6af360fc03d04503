import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PoolClient } from 'pg';
import type { EventPosition } from '#event';
import type { StatementLimits } from '../duckdb/engine.ts';
import { addChecksums, checksumNumbers, checksumSql, type Checksum } from '../files/checksum.ts';
import { quoted, readFiles } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { readCopied } from '../files/copied-rows.ts';
import { writeColumnarFile, type WrittenFile } from '../files/write-file.ts';
import type { SealedTable } from './choose.ts';
import { copyOut, frequentKeys } from './copy-out.ts';
import { noteFile } from './file-catalog.ts';
import type { ArchiveParts, ArchiveStep } from './parts.ts';
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

class FileMaker {
  readonly files: FileRecord[] = [];
  private sums: Checksum = [];
  private readonly parts: ArchiveParts;
  private readonly client: PoolClient;
  private readonly table: SealedTable;
  private readonly folder: string;
  private readonly limits: StatementLimits;
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
  }

  async run(): Promise<void> {
    const keys = await frequentKeys(this.client, this.table.relation);
    let after: EventPosition | null = null;
    do after = await this.makeNext(keys, after);
    while (after !== null);
    await this.compareWithTable();
    await this.done('verified');
  }

  /** @returns the position of its last event, or null where there are no more */
  private async makeNext(
    keys: readonly string[],
    after: EventPosition | null,
  ): Promise<EventPosition | null> {
    const { parts, client, table, folder, limits } = this;
    const { eventsPerFile } = parts.limits;
    const rows = join(folder, 'rows.tsv');
    const longestRow = await copyOut(
      client,
      table.relation,
      after,
      eventsPerFile,
      rows,
      limits.signal,
    );
    if (longestRow === 0) return null;
    const name = `${dayOf(table)}/${randomUUID()}.parquet`;
    await noteFile(client, name);
    await this.done('named');
    const written = await writeColumnarFile(
      parts.engine,
      readCopied(rows, longestRow),
      keys,
      join(folder, basename(name)),
      limits,
    );
    await rm(rows);
    await this.done('written');
    const last = await this.readBack(written);
    await storeFile(parts, name, written, folder, limits.signal);
    this.files.push({ name, ...written.record });
    await this.done('stored');
    return written.record.events < eventsPerFile ? null : last;
  }

  /** Adds up what the file holds, and checks its order. */
  private async readBack({ path, record, sums }: WrittenFile): Promise<EventPosition> {
    this.sums = addChecksums(this.sums, sums);
    if (!(await isInOrder(this.parts.engine, path, this.limits))) {
      throw new VerificationError('the events of a file are not in order');
    }
    const [last] = await this.parts.engine.rows(
      `SELECT group_seq::VARCHAR, ordinal::VARCHAR FROM ${readFiles([path])}
       WHERE ts >= make_timestamptz(${record.maxTs}) ORDER BY group_seq DESC, ordinal DESC LIMIT 1`,
      [],
      this.limits,
    );
    const [groupSeq = 0, ordinal = 0] = (last ?? []).map(Number);
    return { timestamp: record.maxTs, groupSeq, ordinal };
  }

  private async compareWithTable(): Promise<void> {
    const { rows } = await this.client.query<{ sums: string }>(
      `SELECT ${checksumSql('postgres')} AS sums FROM ${quoted(this.table.relation)}`,
    );
    const wanted = checksumNumbers(rows[0]?.sums);
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
