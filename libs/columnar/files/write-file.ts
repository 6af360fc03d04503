import { stat, writeFile } from 'node:fs/promises';
import { SkipFilterBuilder } from '#store';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import {
  COLUMN_NAMES,
  FILE_COLUMNS,
  literal,
  quoted,
  readFiles,
  ROW_GROUP_ROWS,
} from './columns.ts';
import type { FileRecord } from './file-record.ts';
import { sha256Of } from './scratch.ts';
import { encodeSkipFile, type RowGroup } from './skip-file.ts';

/** A columnar file and its skip file on this machine. */
export interface WrittenFile {
  readonly path: string;
  readonly skipPath: string;
  /** What the catalog will know of it, but the name. */
  readonly record: Omit<FileRecord, 'name'>;
}

/** Where the rows of a file come from, in order: an SQL table expression with the columns of `FILE_COLUMNS`. */
export interface Source {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Reads rows that Postgres wrote as CSV: NULL is nothing at all, an empty text is `""`. */
export function readCsv(path: string): Source {
  const columns = Object.entries(FILE_COLUMNS).map(
    ([name, type]) => `${literal(name)}: ${literal(type)}`,
  );
  const sql = `read_csv(${literal(path)}, columns = {${columns.join(', ')}}, auto_detect = false, header = false,
    delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n',
    parallel = false, strict_mode = true, max_line_size = ${LARGEST_LINE}, buffer_size = ${2 * LARGEST_LINE})`;
  return { sql, values: [] };
}

/** Under which name a file says when it was made: all its groups were committed before. */
export const MADE = 'penstock_made';

/** An event is at most 4 MiB; quotes may double it. */
const LARGEST_LINE = 16 * 1024 * 1024;

/**
 * Writes rows, which come in order, as Parquet, and the skip file from what is then read back.
 *
 * @param keys of metadata that become columns
 * @param path that no file had before: DuckDB remembers what the end of a file says by its path
 */
export async function writeColumnarFile(
  engine: Engine,
  source: Source,
  keys: readonly string[],
  path: string,
  limits: StatementLimits,
): Promise<WrittenFile> {
  const columns = [
    ...COLUMN_NAMES.map(quoted),
    ...keys.map(
      (key) => `json_extract_string(metadata, ${literal(pointer(key))}) AS ${keyColumn(key)}`,
    ),
  ];
  await engine.run(
    `COPY (SELECT ${columns.join(', ')} FROM ${source.sql}) TO ${literal(path)}
     (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, KV_METADATA {${MADE}: now()::VARCHAR})`,
    source.values,
    limits,
  );
  const groups = await readRowGroups(engine, path, limits);
  const skipPath = `${path}.skip`;
  await writeFile(skipPath, encodeSkipFile(groups));
  return {
    path,
    skipPath,
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

/** The column of a key of metadata. */
export function keyColumn(key: string): string {
  return quoted(`metadata.${key}`);
}

/** A JSON pointer (RFC 6901) to a member of the object. */
function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Numbers as DOUBLE, which holds them exactly and costs the driver less than a BIGINT. */
const READ_BACK = `epoch_us(ts)::DOUBLE, group_seq::DOUBLE, message, resource_id, trace_id, span_id, commit, service,
  parent_resource_id`;

type ReadBack = readonly [
  ts: number,
  groupSeq: number,
  message: string,
  resourceId: string | null,
  traceId: string | null,
  spanId: string | null,
  commit: string | null,
  service: string | null,
  parentResourceId: string | null,
];

async function readRowGroups(engine: Engine, path: string, limits: StatementLimits) {
  const sizes = await rowGroupSizes(engine, path, limits);
  const groups: (RowGroup & { readonly filter: Buffer })[] = [];
  let group = new RowGroupBuilder();
  for await (const rows of engine.chunks(
    `SELECT ${READ_BACK} FROM ${readFiles([path])}`,
    [],
    limits,
  )) {
    for (const row of rows) {
      group.add(row as unknown as ReadBack);
      if (group.events < (sizes[groups.length] ?? 0)) continue;
      groups.push(group.build());
      group = new RowGroupBuilder();
    }
  }
  if (group.events > 0 || groups.length !== sizes.length) {
    throw new Error(`${path} holds other rows than its metadata says`);
  }
  return groups;
}

async function rowGroupSizes(
  engine: Engine,
  path: string,
  limits: StatementLimits,
): Promise<readonly number[]> {
  const rows = await engine.rows(
    `SELECT any_value(row_group_num_rows)::VARCHAR FROM parquet_metadata(${literal(path)})
     GROUP BY row_group_id ORDER BY row_group_id`,
    [],
    limits,
  );
  return rows.map(([count]) => Number(count));
}

const filterBuilder = new SkipFilterBuilder();

class RowGroupBuilder {
  events = 0;
  private minTs = Infinity;
  private maxTs = -Infinity;
  private firstGroup = Infinity;
  private lastGroup = -Infinity;

  add(row: ReadBack): void {
    const [ts, groupSeq, message, resourceId, traceId, spanId, commit, service, parent] = row;
    this.events++;
    this.minTs = Math.min(this.minTs, ts);
    this.maxTs = Math.max(this.maxTs, ts);
    this.firstGroup = Math.min(this.firstGroup, groupSeq);
    this.lastGroup = Math.max(this.lastGroup, groupSeq);
    filterBuilder.add({
      message,
      resourceId,
      traceId,
      spanId,
      commit,
      service,
      parentResourceId: parent,
    });
  }

  build(): RowGroup & { readonly filter: Buffer } {
    const { events, minTs, maxTs, firstGroup, lastGroup } = this;
    return { events, minTs, maxTs, firstGroup, lastGroup, filter: filterBuilder.build() };
  }
}
