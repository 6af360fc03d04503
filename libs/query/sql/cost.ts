import type { Query } from '../ast.ts';

const COST: Readonly<Record<Query['kind'], number>> = {
  all: 0,
  time: 1,
  level: 1,
  exists: 2,
  equals: 2,
  wildcard: 3,
  range: 3,
  'message-equals': 4,
  contains: 4,
  'message-contains': 5,
  'word-affix': 6,
  'message-wildcard': 6,
  phrase: 6,
  regex: 8,
  and: 0,
  or: 0,
  not: 0,
};

/** What reading jsonb adds: the row's value is unpacked for each term. */
const METADATA = 5;

/** Cheap conditions first: Postgres keeps the order of conditions that it thinks equally costly. */
export function byCost(operands: readonly Query[]): Query[] {
  return operands
    .map((query) => ({ query, cost: costOf(query) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ query }) => query);
}

function costOf(query: Query): number {
  if (query.kind === 'not') return costOf(query.operand);
  if (query.kind === 'and' || query.kind === 'or') {
    return query.operands.reduce((sum, operand) => sum + costOf(operand), 0);
  }
  const inMetadata = 'field' in query && query.field.kind === 'metadata';
  return COST[query.kind] + (inMetadata ? METADATA : 0);
}
