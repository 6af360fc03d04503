import type { Micros } from '#event';
import type { Query, TimeTerm } from '#query';

/** A stretch of time: `from` inclusive, `to` exclusive; infinite where it is open. */
export interface TimeRange {
  readonly from: Micros;
  readonly to: Micros;
}

export const ALL_TIME: TimeRange = { from: -Infinity, to: Infinity };
const NO_TIME: TimeRange = { from: Infinity, to: -Infinity };

export function isEmpty(range: TimeRange): boolean {
  return range.from >= range.to;
}

export function intersect(a: TimeRange, b: TimeRange): TimeRange {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** The smallest range outside of which no event can match the query. */
export function queryRange(query: Query): TimeRange {
  switch (query.kind) {
    case 'time':
      return termRange(query);
    case 'and':
      return query.operands.map(queryRange).reduce(intersect, ALL_TIME);
    case 'or':
      return query.operands.map(queryRange).reduce(hull, NO_TIME);
    default:
      return ALL_TIME;
  }
}

/**
 * The query without the time terms that `queryRange` says already: those that every match must fulfil.
 * Over events within `queryRange(query)` the two mean the same.
 */
export function withoutRange(query: Query): Query {
  if (query.kind === 'time') return { kind: 'all' };
  if (query.kind !== 'and') return query;
  const operands = query.operands.map(withoutRange).filter((operand) => operand.kind !== 'all');
  const [first] = operands;
  if (first === undefined) return { kind: 'all' };
  return operands.length === 1 ? first : { kind: 'and', operands };
}

function termRange(term: TimeTerm): TimeRange {
  return {
    from: term.from ?? -Infinity,
    to: term.to === null ? Infinity : term.to + 1,
  };
}

function hull(a: TimeRange, b: TimeRange): TimeRange {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
