import { stat } from 'node:fs/promises';
import type { Micros } from '#event';
import { EngineMemoryError } from '../../duckdb/engine-memory-error.ts';
import type { Engine, StatementLimits } from '../../duckdb/engine.ts';
import { checksumOf } from '../../files/checksum.ts';
import { literal, readFiles } from '../../files/columns.ts';
import { skipNameOf, type FileRecord } from '../../files/file-record.ts';
import { sha256Of } from '../../files/scratch.ts';
import { SkipFile } from '../../files/skip-file.ts';
import { MADE } from '../../files/write-file.ts';
import type { LocalCopies } from './local-copies.ts';

/** A columnar file of which only the storage knows. */
export interface FoundFile {
  readonly name: string;
  readonly events: number;
  readonly minTs: Micros;
  /** Inclusive. */
  readonly maxTs: Micros;
  readonly firstGroup: number;
  readonly lastGroup: number;
  /** Whether its skip file is there and fits. */
  readonly hasSkip: boolean;
}

type Extent = Omit<FoundFile, 'name' | 'hasSkip'>;

/** What a file says of itself, by its skip file where there is one; null where it is no columnar file. */
export async function inspectFile(
  name: string,
  hasSkip: boolean,
  copies: LocalCopies,
  engine: Engine,
  limits: StatementLimits,
): Promise<FoundFile | null> {
  const bySkip = hasSkip ? await readSkip(skipNameOf(name), copies) : null;
  if (bySkip !== null) return { name, ...bySkip, hasSkip: true };
  const path = await copies.pathOf(name);
  const extent = await readable(limits, () => readExtent(path, engine, limits));
  return extent === null ? null : { name, ...extent, hasSkip: false };
}

async function readSkip(name: string, copies: LocalCopies): Promise<Extent | null> {
  const path = await copies.pathOf(name);
  try {
    const { groups } = await SkipFile.read(path);
    return groups.length === 0
      ? null
      : {
          events: groups.reduce((sum, { events }) => sum + events, 0),
          minTs: Math.min(...groups.map(({ minTs }) => minTs)),
          maxTs: Math.max(...groups.map(({ maxTs }) => maxTs)),
          firstGroup: Math.min(...groups.map(({ firstGroup }) => firstGroup)),
          lastGroup: Math.max(...groups.map(({ lastGroup }) => lastGroup)),
        };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function readExtent(
  path: string,
  engine: Engine,
  limits: StatementLimits,
): Promise<Extent | null> {
  const [row] = await engine.rows(
    `SELECT count(*)::VARCHAR, epoch_us(min(ts))::VARCHAR, epoch_us(max(ts))::VARCHAR,
       min(group_seq)::VARCHAR, max(group_seq)::VARCHAR FROM ${readFiles([path])}`,
    [],
    limits,
  );
  const [events = 0, minTs = 0, maxTs = 0, firstGroup = 0, lastGroup = 0] = (row ?? []).map(Number);
  return events === 0 ? null : { events, minTs, maxTs, firstGroup, lastGroup };
}

/** Reads all columns: null where the file is spoilt or is none of ours; else its events. */
export async function readWhole(
  path: string,
  engine: Engine,
  limits: StatementLimits,
): Promise<number | null> {
  const source = { sql: readFiles([path]), values: [] };
  const sums = await readable(limits, () => checksumOf(engine, source, limits));
  return sums === null ? null : Number(sums[0]);
}

/** When the file was made, as a time that Postgres reads; null where it does not say so. */
export async function madeAt(
  path: string,
  engine: Engine,
  limits: StatementLimits,
): Promise<string | null> {
  const [row] = await engine.rows(
    `SELECT decode(value) FROM parquet_kv_metadata(${literal(path)}) WHERE decode(key) = ${literal(MADE)}`,
    [],
    limits,
  );
  return row?.[0] ?? null;
}

/** As the catalog will know a file that stays as it is. */
export async function recordOf(file: FoundFile, copies: LocalCopies): Promise<FileRecord> {
  const { name, events, minTs, maxTs, firstGroup, lastGroup } = file;
  const path = await copies.pathOf(name);
  const skipPath = await copies.pathOf(skipNameOf(name));
  return {
    name,
    events,
    bytes: (await stat(path)).size,
    skipBytes: (await stat(skipPath)).size,
    minTs,
    maxTs,
    firstGroup,
    lastGroup,
    sha256: await sha256Of(path),
    skipSha256: await sha256Of(skipPath),
  };
}

/** DuckDB tells a spoilt file by errors of many kinds. */
async function readable<T>({ signal }: StatementLimits, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || error instanceof EngineMemoryError) throw error;
    return null;
  }
}
