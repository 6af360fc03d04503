import { MICROS_PER_HOUR, MICROS_PER_MINUTE, type Micros } from '#event';
import type { Query } from '#query';
import type { Grouping } from './grouping.ts';

/** A table of rollups that can answer. */
export interface RollupChoice {
  readonly table: 'rollup_minute' | 'rollup_hour';
  /** Its column of time. */
  readonly time: 'minute' | 'hour';
  readonly unit: Micros;
  readonly keys: readonly string[];
}

/** The cheapest rollup that holds what the query filters by and what the grouping counts by, or null. */
export function chooseRollup(query: Query, grouping: Grouping): RollupChoice | null {
  const columns = filterColumns(query);
  if (columns === null) return null;
  const { minuteKeys, hourKeys } = grouping;
  if (minuteKeys !== null && !columns.has('resourceId')) {
    return { table: 'rollup_minute', time: 'minute', unit: MICROS_PER_MINUTE, keys: minuteKeys };
  }
  if (hourKeys === null) return null;
  return { table: 'rollup_hour', time: 'hour', unit: MICROS_PER_HOUR, keys: hourKeys };
}

type RollupColumn = 'level' | 'service' | 'resourceId';
const COLUMNS: ReadonlySet<string> = new Set<RollupColumn>(['level', 'service', 'resourceId']);

/** The columns that the query looks at, or null where rollups lack one of them. */
function filterColumns(query: Query): ReadonlySet<string> | null {
  switch (query.kind) {
    case 'all':
      return new Set();
    case 'level':
      return new Set(['level']);
    case 'not':
      return filterColumns(query.operand);
    case 'and':
    case 'or':
      return query.operands.map(filterColumns).reduce(union, new Set<string>());
    default:
      return fieldColumn(query);
  }
}

function fieldColumn(term: Query): ReadonlySet<string> | null {
  if (!('field' in term) || term.field.kind !== 'column') return null;
  return COLUMNS.has(term.field.name) ? new Set([term.field.name]) : null;
}

function union(
  a: ReadonlySet<string> | null,
  b: ReadonlySet<string> | null,
): ReadonlySet<string> | null {
  return a === null || b === null ? null : new Set([...a, ...b]);
}
