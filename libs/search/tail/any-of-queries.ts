import type { Query } from '#query';

/** What at least one of the queries asks for. */
export function anyOfQueries(queries: readonly Query[]): Query {
  const [first] = queries;
  if (first === undefined || queries.some((query) => query.kind === 'all')) return { kind: 'all' };
  return queries.length === 1 ? first : { kind: 'or', operands: queries };
}
