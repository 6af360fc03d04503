import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { readFiles } from './columns.ts';

const PREFIX = 'metadata.';

/** The keys of metadata that are columns of a file. */
export async function metadataKeys(
  engine: Engine,
  path: string,
  limits: StatementLimits,
): Promise<readonly string[]> {
  const rows = await engine.rows(
    `SELECT column_name FROM (DESCRIBE SELECT * FROM ${readFiles([path])})
     WHERE starts_with(column_name, '${PREFIX}')`,
    [],
    limits,
  );
  return rows.map(([name]) => (name ?? '').slice(PREFIX.length));
}
