import { stat, writeFile } from 'node:fs/promises';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import type { Checksum } from './checksum.ts';
import { COLUMN_NAMES, literal, quoted } from './columns.ts';
import type { FileRecord } from './file-record.ts';
import { ROW_GROUP_SIZE, type RowGroupSize } from './row-group-size.ts';
import { readContents, type CountedWords } from './row-groups.ts';
import { sha256Of } from './scratch.ts';
import type { Source } from './source.ts';
import { encodeSkipFile } from './skip-file.ts';

/** A columnar file and its skip file on this machine. */
export interface WrittenFile {
  readonly path: string;
  readonly skipPath: string;
  /** What the catalog will know of it, but the name. */
  readonly record: Omit<FileRecord, 'name'>;
  /** Of what was read back. */
  readonly sums: Checksum;
}

/** Under which name a file says when it was made: all its groups were committed before. */
export const MADE = 'penstock_made';

/** A column with more different values in a row group is written without a dictionary, which only costs time then. */
const MOST_DICTIONARY_VALUES = 1_000;

/**
 * Writes rows, which come in order, as Parquet, reads them back, and writes the skip file.
 *
 * @param keys of metadata that become columns
 * @param words of the row groups, as far as they are known
 * @param path that no file had before: DuckDB remembers what the end of a file says by its path
 */
export async function writeColumnarFile(
  engine: Engine,
  source: Source,
  keys: readonly string[],
  path: string,
  limits: StatementLimits,
  groupSize: RowGroupSize = ROW_GROUP_SIZE,
  words: readonly CountedWords[] = [],
): Promise<WrittenFile> {
  await engine.run(
    `COPY (${withKeys(source, keys)}) TO ${literal(path)} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1,
       ROW_GROUP_SIZE ${groupSize.rows}, DICTIONARY_SIZE_LIMIT ${MOST_DICTIONARY_VALUES},
       KV_METADATA {${MADE}: now()::VARCHAR})`,
    source.values,
    limits,
  );
  const { groups, sums } = await readContents(engine, path, groupSize.bytes, words, limits);
  const skipPath = `${path}.skip`;
  await writeFile(skipPath, encodeSkipFile(groups));
  return {
    path,
    skipPath,
    sums,
    record: {
      events: groups.reduce((sum, group) => sum + group.events, 0),
      bytes: (await stat(path)).size,
      skipBytes: (await stat(skipPath)).size,
      minTs: Math.min(...groups.map((group) => group.minTs)),
      maxTs: Math.max(...groups.map((group) => group.maxTs)),
      firstGroup: Math.min(...groups.map((group) => group.firstGroup)),
      lastGroup: Math.max(...groups.map((group) => group.lastGroup)),
      sha256: await sha256Of(path),
      skipSha256: await sha256Of(skipPath),
    },
  };
}

/**
 * The columns of a file. The JSON is read once for all keys, into a struct: to read it into a list cost as much as
 * to compress the file. Its members stay JSON until they are texts, so that numbers are written as JSON writes them.
 */
function withKeys({ sql }: Source, keys: readonly string[]): string {
  const columns = COLUMN_NAMES.map(quoted).join(', ');
  if (keys.length === 0) return `SELECT ${columns} FROM ${sql}`;
  const shape = JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'JSON'])));
  const values = keys.map(
    (key) => `struct_extract(found, ${literal(key)}) ->> '$' AS ${keyColumn(key)}`,
  );
  return `SELECT ${columns}, ${values.join(', ')} FROM (
    SELECT ${columns}, from_json(metadata, ${literal(shape)}) AS found FROM ${sql})`;
}

/** The column of a key of metadata. */
export function keyColumn(key: string): string {
  return quoted(`metadata.${key}`);
}
