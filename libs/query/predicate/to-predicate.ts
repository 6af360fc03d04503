import type { ParsedEvent } from '#event';
import type { Query } from '../ast.ts';
import { fieldPredicate } from './field.ts';
import { messagePredicate } from './message.ts';

export type EventPredicate = (event: ParsedEvent) => boolean;

/** Whether an event matches a query: the definition of what a query means, which every engine must agree with. */
export function toPredicate(query: Query): EventPredicate {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and':
      return every(query.operands.map(toPredicate));
    case 'or':
      return some(query.operands.map(toPredicate));
    case 'not':
      return not(toPredicate(query.operand));
    default:
      return termPredicate(query);
  }
}

type Term = Exclude<Query, { kind: 'all' | 'and' | 'or' | 'not' }>;

function termPredicate(term: Term): EventPredicate {
  switch (term.kind) {
    case 'level': {
      const levels = new Set(term.levels);
      return (event) => levels.has(event.level);
    }
    case 'time': {
      const from = term.from ?? -Infinity;
      const to = term.to ?? Infinity;
      return (event) => event.timestamp >= from && event.timestamp <= to;
    }
    case 'phrase':
    case 'message-contains':
    case 'word-affix':
    case 'message-wildcard':
    case 'message-equals': {
      const holds = messagePredicate(term);
      return (event) => holds(event.message);
    }
    default:
      return fieldPredicate(term);
  }
}

function every(operands: readonly EventPredicate[]): EventPredicate {
  return (event) => operands.every((operand) => operand(event));
}

function some(operands: readonly EventPredicate[]): EventPredicate {
  return (event) => operands.some((operand) => operand(event));
}

function not(operand: EventPredicate): EventPredicate {
  return (event) => !operand(event);
}
