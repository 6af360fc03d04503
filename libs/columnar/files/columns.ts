/**
 * The columns of a columnar file, those of log_event: SQL of their types in DuckDB. `level` is the rank, 0 trace to 5
 * fatal; `metadata` is JSON text. Behind them come the most frequent keys of metadata as text, `metadata.<key>`.
 */
export const FILE_COLUMNS = {
  ts: 'TIMESTAMPTZ',
  group_seq: 'BIGINT',
  ordinal: 'INTEGER',
  level: 'SMALLINT',
  message: 'VARCHAR',
  level_text: 'VARCHAR',
  resource_id: 'VARCHAR',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  commit: 'VARCHAR',
  service: 'VARCHAR',
  event_type: 'VARCHAR',
  parent_resource_id: 'VARCHAR',
  metadata: 'VARCHAR',
} as const;

export const COLUMN_NAMES = Object.keys(FILE_COLUMNS) as (keyof typeof FILE_COLUMNS)[];

/** The order of events. */
export const ORDER = 'ts, group_seq, ordinal';

/** An SQL literal. Only for texts of our own making; values of queries are bound. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Reads some files one after the other. */
export function readFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(literal).join(', ')}])`;
}
