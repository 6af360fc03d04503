import type { Dialect } from './dialect.ts';

/** Turns a value into the placeholder of a bound parameter (`$1` …). */
export type Bind = (value: unknown) => string;

/** What a term is translated for. */
export interface Target {
  readonly bind: Bind;
  readonly dialect: Dialect;
}

/** A condition over the columns of log_event that may be NULL where a column is. */
export interface Condition {
  readonly sql: string;
  /** False where rows may satisfy `sql` that do not match the term. */
  readonly exact: boolean;
}

export function exactly(sql: string): Condition {
  return { sql, exact: true };
}

/** All of the conditions, the first the cheapest. */
export function conjunction(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' AND ')})`;
}
