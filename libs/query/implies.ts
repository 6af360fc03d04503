import type { Query } from './ast.ts';
import { requiredKeys } from './required-keys.ts';

/**
 * Whether every event that the query finds is also found by `match`, as far as that can be told from the terms:
 * false says nothing.
 */
export function implies(query: Query, match: Query): boolean {
  switch (match.kind) {
    case 'all':
      return true;
    case 'and':
      return match.operands.every((operand) => implies(query, operand));
    case 'or':
      return match.operands.some((operand) => implies(query, operand)) || demands(query, match);
    default:
      return keysImply(query, match) || demands(query, match);
  }
}

/** By levels and services: what the query requires of them lies within what the term takes. */
function keysImply(query: Query, term: Query): boolean {
  const required = requiredKeys(query);
  if (term.kind === 'level') return within(required.levels, new Set(term.levels));
  if (term.kind === 'equals') return within(required.services, requiredKeys(term).services);
  if (term.kind !== 'not') return false;
  const { operand } = term;
  if (operand.kind === 'level') return apart(required.levels, new Set(operand.levels));
  return operand.kind === 'equals' && apart(required.services, requiredKeys(operand).services);
}

/** The term stands in the query, so that every match fulfils it. */
function demands(query: Query, term: Query): boolean {
  if (query.kind === 'and') return query.operands.some((operand) => demands(operand, term));
  return JSON.stringify(query) === JSON.stringify(term);
}

type Keys = ReadonlySet<string> | null;

function within(required: Keys, taken: Keys): boolean {
  return required !== null && taken !== null && [...required].every((key) => taken.has(key));
}

function apart(required: Keys, excluded: Keys): boolean {
  return required !== null && excluded !== null && ![...required].some((key) => excluded.has(key));
}
