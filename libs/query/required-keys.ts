import { LEVELS, type Level } from '#event';
import type { Query } from './ast.ts';

/** What level and service every match has at the least; null where the query says nothing about it. */
export interface RequiredKeys {
  readonly levels: ReadonlySet<Level> | null;
  readonly services: ReadonlySet<string> | null;
}

const NOTHING_REQUIRED: RequiredKeys = { levels: null, services: null };

/** Which (level, service) pairs can be those of a match: a superset, for skipping what holds none of them. */
export function requiredKeys(query: Query): RequiredKeys {
  switch (query.kind) {
    case 'level':
      return { levels: new Set(query.levels), services: null };
    case 'equals': {
      const exactService =
        query.field.kind === 'column' && query.field.name === 'service' && !query.ignoreCase;
      return exactService ? { levels: null, services: new Set([query.value]) } : NOTHING_REQUIRED;
    }
    case 'not':
      return negated(query.operand);
    case 'and':
      return combine(query.operands, both, NOTHING_REQUIRED);
    case 'or':
      return combine(query.operands, either, { levels: new Set(), services: new Set() });
    default:
      return NOTHING_REQUIRED;
  }
}

/** Every event has a level, so a negated level is the set of the others. */
function negated(operand: Query): RequiredKeys {
  if (operand.kind !== 'level') return NOTHING_REQUIRED;
  return {
    levels: new Set(LEVELS.filter((level) => !operand.levels.includes(level))),
    services: null,
  };
}

type Merge = <T>(a: ReadonlySet<T> | null, b: ReadonlySet<T> | null) => ReadonlySet<T> | null;

function combine(operands: readonly Query[], merge: Merge, start: RequiredKeys): RequiredKeys {
  return operands.map(requiredKeys).reduce(
    (a, b) => ({
      levels: merge(a.levels, b.levels),
      services: merge(a.services, b.services),
    }),
    start,
  );
}

const both: Merge = (a, b) => {
  if (a === null || b === null) return a ?? b;
  return new Set([...a].filter((key) => b.has(key)));
};

const either: Merge = (a, b) => (a === null || b === null ? null : new Set([...a, ...b]));
