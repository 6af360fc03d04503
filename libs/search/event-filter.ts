import type { ParsedEvent } from '#event';
import { POSTGRES, toPredicate, toSql, type Dialect, type Query } from '#query';

/** A query made ready for reading rows. */
export interface EventFilter {
  /** A condition over the columns of log_event in a dialect, or null for everything; its parameters are `values`. */
  readonly sql: string | null;
  readonly values: readonly unknown[];
  /** Null where the SQL says all; otherwise each row must also pass this. */
  readonly check: ((event: ParsedEvent) => boolean) | null;
}

export function compileFilter(query: Query, dialect: Dialect = POSTGRES): EventFilter {
  if (query.kind === 'all') return { sql: null, values: [], check: null };
  const values: unknown[] = [];
  const { sql, exact } = toSql(query, (value) => `$${values.push(value)}`, dialect);
  return { sql, values, check: exact ? null : toPredicate(query) };
}

/** Conditions side by side, without those that say nothing. */
export function allOf(conditions: readonly (string | null)[]): string {
  const said = conditions.filter((condition) => condition !== null);
  return said.length === 0
    ? ''
    : ` WHERE ${said.map((condition) => `(${condition})`).join(' AND ')}`;
}
