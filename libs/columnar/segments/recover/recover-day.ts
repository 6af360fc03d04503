import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { noteFile } from '../../archive/file-catalog.ts';
import { storeFile, VerificationError } from '../../archive/store-file.ts';
import { isInOrder } from '../../archive/verify-order.ts';
import type { Engine, StatementLimits } from '../../duckdb/engine.ts';
import { averageTextBytes, checksumOf } from '../../files/checksum.ts';
import { readFiles } from '../../files/columns.ts';
import { decodeFile, FILE_RECORD_COLUMNS, type FileRecord } from '../../files/file-record.ts';
import { metadataKeys } from '../../files/metadata-keys.ts';
import { sha256Of } from '../../files/scratch.ts';
import { rowGroupSizeFor } from '../../files/row-group-size.ts';
import { writeColumnarFile } from '../../files/write-file.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { madeAt, readWhole, recordOf, type FoundFile } from './found-file.ts';
import { copyIds, leftOver, renumbered, type NewNumbers } from './left-over.ts';
import type { LocalCopies } from './local-copies.ts';

export interface DayParts {
  readonly client: PoolClient;
  readonly storage: ObjectStorage;
  readonly engine: Engine;
  readonly copies: LocalCopies;
  readonly folder: string;
  readonly limits: StatementLimits;
  /** Segments that are given up: their files and tables count as not there. */
  readonly forgotten: readonly number[];
}

/** What became of a file: `present` holds nothing that is not there already, `unreadable` is left as it is. */
export interface FileOutcome {
  readonly name: string;
  readonly kind: 'whole' | 'rewritten' | 'present' | 'unreadable';
  /** That are found again. */
  readonly events: number;
}

/** A file that is not needed any more. */
export interface Superseded {
  readonly name: string;
  readonly sha256: string;
}

/** Takes the files of one day, and keeps of each what nothing else holds. Nothing counts yet. */
export class DayRecovery {
  readonly files: FileRecord[] = [];
  readonly superseded: Superseded[] = [];
  private readonly parts: DayParts;

  constructor(parts: DayParts) {
    this.parts = parts;
  }

  async take(found: FoundFile): Promise<FileOutcome> {
    const { engine, copies, limits } = this.parts;
    const { name } = found;
    const path = await copies.pathOf(name);
    const events = await readWhole(path, engine, limits);
    if (events === null) return { name, kind: 'unreadable', events: 0 };
    const rest = await this.leftOf(found, path);
    const left = await this.count(rest);
    if (left === 0) {
      this.superseded.push({ name, sha256: await sha256Of(path) });
      return { name, kind: 'present', events: 0 };
    }
    const numbers = await this.newNumbers(found, path, rest);
    const fits = found.hasSkip && events === found.events;
    if (left === events && numbers.size === 0 && fits) {
      this.files.push(await recordOf(found, copies));
      return { name, kind: 'whole', events };
    }
    this.superseded.push({ name, sha256: await sha256Of(path) });
    await this.write(found, path, rest, numbers);
    return { name, kind: 'rewritten', events: left };
  }

  /** The events of the file that lie neither in a table nor in another file. */
  private async leftOf(found: FoundFile, path: string): Promise<string> {
    const { client, copies, folder, limits, forgotten } = this.parts;
    const range = [formatTimestamp(found.minTs), formatTimestamp(found.maxTs)];
    const tables = await client.query<{ relation: string }>(
      `SELECT relation FROM segment WHERE range_start <= $2 AND range_end > $1
         AND (engine = 'rows' OR engine = 'kept' AND files_segment = ANY($3::int[]))`,
      [...range, forgotten],
    );
    const lists: string[] = [];
    for (const { relation } of tables.rows) {
      const list = await copyIds(client, relation, found, folder, limits.signal);
      if (list !== null) lists.push(list);
    }
    const cataloged = await filesWithin(client, range, forgotten);
    const files: string[] = [];
    for (const file of [...cataloged, ...this.files]) {
      if (mayShare(file, found)) files.push(await copies.pathOf(file.name));
    }
    return leftOver(path, { files, lists });
  }

  private async count(events: string): Promise<number> {
    const { engine, limits } = this.parts;
    const [row] = await engine.rows(`SELECT count(*)::VARCHAR FROM ${events}`, [], limits);
    return Number(row?.[0]);
  }

  /**
   * New numbers for groups whose own were given again: where Postgres was lost and others wrote before its files were
   * found again, groups of the same number are other groups. All of a file's groups were committed before it was made.
   */
  private async newNumbers(
    { firstGroup, lastGroup }: FoundFile,
    path: string,
    events: string,
  ): Promise<NewNumbers> {
    const { client, engine, limits } = this.parts;
    const made = await madeAt(path, engine, limits);
    if (made === null) return new Map();
    const taken = await client.query<{ group_seq: string }>(
      'SELECT group_seq FROM log_group WHERE group_seq BETWEEN $1 AND $2 AND committed_at > $3',
      [firstGroup, lastGroup, made],
    );
    if (taken.rows.length === 0) return new Map();
    const held = await engine.rows(
      `SELECT DISTINCT group_seq::VARCHAR FROM ${events}
       WHERE group_seq IN (${taken.rows.map((row) => row.group_seq).join(', ')})`,
      [],
      limits,
    );
    const given = await client.query<{ number: string }>(
      `SELECT nextval('group_seq') AS number FROM generate_series(1, $1::int)`,
      [held.length],
    );
    return new Map(held.map(([old], at) => [old ?? '', given.rows[at]?.number ?? '']));
  }

  private async write(
    found: FoundFile,
    path: string,
    rest: string,
    numbers: NewNumbers,
  ): Promise<void> {
    const { client, storage, engine, folder, limits } = this.parts;
    const name = `${dirname(found.name)}/${randomUUID()}.parquet`;
    await noteFile(client, name);
    const target = join(folder, basename(name));
    const source = renumbered(rest, numbers);
    const keys = await metadataKeys(engine, path, limits);
    const wanted = await checksumOf(engine, source, limits);
    const groupSize = rowGroupSizeFor(averageTextBytes(wanted));
    const written = await writeColumnarFile(engine, source, keys, target, limits, groupSize);
    const read = await checksumOf(engine, { sql: readFiles([target]), values: [] }, limits);
    if (wanted.some((sum, at) => sum !== read[at]) || !(await isInOrder(engine, target, limits))) {
      throw new VerificationError(`${name} holds other events than ${found.name} had left`);
    }
    await storeFile({ storage }, name, written, folder, limits.signal);
    await rm(target, { force: true });
    this.files.push({ name, ...written.record });
  }
}

/** Files that count and reach into a range, without those of some segments. */
export async function filesWithin(
  client: PoolClient,
  range: readonly string[],
  forgotten: readonly number[],
): Promise<readonly FileRecord[]> {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${FILE_RECORD_COLUMNS} FROM columnar_file
      WHERE segment_id IS NOT NULL AND segment_id <> ALL($3::int[]) AND max_ts >= $1 AND min_ts <= $2`,
    values: [...range, forgotten],
    rowMode: 'array',
  });
  return rows.map(decodeFile);
}

function mayShare(a: FileRecord, b: FoundFile): boolean {
  return (
    a.maxTs >= b.minTs &&
    a.minTs <= b.maxTs &&
    a.lastGroup >= b.firstGroup &&
    a.firstGroup <= b.lastGroup
  );
}
