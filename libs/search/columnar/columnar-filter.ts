import type { Window } from '#columnar';
import { DUCKDB, DUCKDB_ASCII, type Query } from '#query';
import { compileFilter, type EventFilter } from '../event-filter.ts';

/** The condition of a query for some windows: one that costs less where their messages are ASCII. */
export function columnarFilter(query: Query): (windows: readonly Window[]) => EventFilter {
  const general = compileFilter(query, DUCKDB);
  const ascii = compileFilter(query, DUCKDB_ASCII);
  return (windows) => (windows.every((window) => window.ascii) ? ascii : general);
}
