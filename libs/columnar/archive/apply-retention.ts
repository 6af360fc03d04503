import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { PoolClient } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { DUCKDB, toSql, type Query } from '#query';
import { cutoffOf, deletionsOf } from '#store';
import { averageTextBytes, checksumOf } from '../files/checksum.ts';
import { readFiles } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { metadataKeys } from '../files/metadata-keys.ts';
import { openVerified } from '../files/open-verified.ts';
import { withScratch } from '../files/scratch.ts';
import { rowGroupSizeFor } from '../files/row-group-size.ts';
import type { Source } from '../files/source.ts';
import { writeColumnarFile } from '../files/write-file.ts';
import {
  columnarSegments,
  filesOfSegment,
  noteFile,
  type ColumnarSegment,
} from './file-catalog.ts';
import { joined } from './archive-job-error.ts';
import type { ArchiveParts } from './parts.ts';
import type { SetAside } from './set-aside.ts';
import { replaceFiles, type GoneRow } from './replace-files.ts';
import { storeFile, VerificationError } from './store-file.ts';
import { isWrongWithFiles } from './wrong-files.ts';

/**
 * Takes events out of columnar files whose time is over by a rule on level and service, once that holds for the whole
 * range of the segment: files that hold some are written again without them. A segment of which a file is missing or
 * spoilt is set aside, and the others go on.
 *
 * @returns the number of segments that were written again
 * @throws an error that names the files, once the others are done
 */
export async function applyRetention(
  parts: ArchiveParts,
  client: PoolClient,
  aside: SetAside,
  signal: AbortSignal,
): Promise<number> {
  const deletions = deletionsOf(parts.retention);
  if (deletions.length === 0) return 0;
  const now = parts.clock();
  let done = 0;
  const failures: Error[] = [];
  for (const segment of await columnarSegments(client)) {
    if (aside.has('retention', segment.id)) continue;
    const due = deletions.filter((deletion) => segment.end <= cutoffOf(deletion, now));
    if (due.length === 0) continue;
    const query: Query = { kind: 'or', operands: due.map((deletion) => deletion.query) };
    if (!(await rollupsHold(client, segment, query))) continue;
    try {
      done += await expire(parts, client, segment, query, signal);
    } catch (error) {
      if (!isWrongWithFiles(error)) throw error;
      aside.add('retention', segment.id);
      failures.push(new Error(`${segment.relation}: ${error.message}`, { cause: error }));
    }
    signal.throwIfAborted();
  }
  if (failures.length > 0) throw new AggregateError(failures, joined(failures));
  return done;
}

/** The rollups know whether anything is left, without a look into the files. */
async function rollupsHold(
  client: PoolClient,
  { start, end }: { readonly start: Micros; readonly end: Micros },
  query: Query,
): Promise<boolean> {
  const values: unknown[] = [formatTimestamp(start), formatTimestamp(end)];
  const { sql } = toSql(query, (value) => `$${values.push(value)}`);
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT coalesce(sum(events), 0) > 0 AS held FROM rollup_minute
     WHERE minute >= $1 AND minute < $2 AND ${sql}`,
    values,
  );
  return rows[0]?.held === true;
}

async function expire(
  parts: ArchiveParts,
  client: PoolClient,
  segment: ColumnarSegment,
  query: Query,
  signal: AbortSignal,
): Promise<number> {
  const files = await filesOfSegment(client, segment.id);
  return withScratch(parts.scratch, async (folder) => {
    const rewriting = new Rewriting(parts, client, query, folder, signal);
    for (const file of files) await rewriting.take(file);
    const replaced = await replaceFiles(client, segment, query, rewriting);
    if (replaced) await parts.between('replaced', 0, signal);
    return replaced ? 1 : 0;
  });
}

/** The files of a segment without some of their events. */
class Rewriting {
  /** As they are. */
  readonly kept: FileRecord[] = [];
  readonly written: FileRecord[] = [];
  /** (start of the minute, level, service, events) */
  readonly goneMinutes: GoneRow[] = [];
  /** (start of the hour, service, resourceId, level, events) */
  readonly goneHours: GoneRow[] = [];
  private readonly parts: ArchiveParts;
  private readonly client: PoolClient;
  private readonly condition: string;
  private readonly values: unknown[] = [];
  private readonly folder: string;
  private readonly signal: AbortSignal;

  constructor(
    parts: ArchiveParts,
    client: PoolClient,
    query: Query,
    folder: string,
    signal: AbortSignal,
  ) {
    this.parts = parts;
    this.client = client;
    this.folder = folder;
    this.signal = signal;
    const { sql } = toSql(query, (value) => `$${this.values.push(value)}`, DUCKDB);
    this.condition = `(${sql}) IS TRUE`;
  }

  async take(file: FileRecord): Promise<void> {
    const path = await openVerified(this.parts.storage, file, this.folder, this.signal);
    const from = readFiles([path]);
    const minutes = await this.query(
      `SELECT time_bucket(INTERVAL 1 minute, ts)::VARCHAR, level::VARCHAR, service, count(*)::VARCHAR
       FROM ${from} WHERE ${this.condition} GROUP BY ALL`,
    );
    if (minutes.length === 0) {
      this.kept.push(file);
      return;
    }
    this.goneMinutes.push(...minutes);
    this.goneHours.push(
      ...(await this.query(
        `SELECT time_bucket(INTERVAL 1 hour, ts)::VARCHAR, service, resource_id, level::VARCHAR, count(*)::VARCHAR
         FROM ${from} WHERE ${this.condition} GROUP BY ALL`,
      )),
    );
    const gone = minutes.reduce((sum, row) => sum + Number(row.at(-1)), 0);
    if (gone < file.events) await this.write(file, path);
  }

  private async write(file: FileRecord, path: string): Promise<void> {
    const { engine, between } = this.parts;
    const limits = { timeoutMs: 0, signal: this.signal };
    const source: Source = {
      sql: `(SELECT * FROM ${readFiles([path])} WHERE NOT ${this.condition})`,
      values: this.values,
    };
    const wanted = await checksumOf(engine, source, limits);
    const name = `${dirname(file.name)}/${randomUUID()}.parquet`;
    await noteFile(this.client, name);
    const started = performance.now();
    const target = join(this.folder, basename(name));
    const written = await writeColumnarFile(
      engine,
      source,
      await metadataKeys(engine, path, limits),
      target,
      limits,
      rowGroupSizeFor(averageTextBytes(wanted)),
    );
    if (wanted.some((sum, at) => sum !== written.sums[at])) {
      throw new VerificationError(`${name} holds other events than ${file.name} had left`);
    }
    await storeFile(this.parts, name, written, this.folder, this.signal);
    this.written.push({ name, ...written.record });
    await between('stored', performance.now() - started, this.signal);
  }

  private query(sql: string) {
    return this.parts.engine.rows(sql, this.values, { timeoutMs: 0, signal: this.signal });
  }
}
