import type { ParsedEvent } from '#event';
import type { Query } from '../ast.ts';
import { toPredicate } from '../predicate/to-predicate.ts';

/** The indexes of the events that a query's predicate holds for, in order. */
export function matchingIndexes(query: Query, events: readonly ParsedEvent[]): number[] {
  const holds = toPredicate(query);
  return events.flatMap((event, index) => (holds(event) ? [index] : []));
}
