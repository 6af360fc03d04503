import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { ORDER, readFiles } from '../files/columns.ts';

/** Whether the events of a file come in order, each once. */
export async function isInOrder(
  engine: Engine,
  path: string,
  limits: StatementLimits,
): Promise<boolean> {
  const [wrong] = await engine.rows(
    `SELECT count(*)::VARCHAR FROM (
       SELECT (${ORDER}) <= lag((${ORDER})) OVER () AS wrong FROM ${readFiles([path])}) WHERE wrong`,
    [],
    limits,
  );
  return wrong?.[0] === '0';
}
