import { LEVELS, levelRank, type Level } from '#event';
import type { FieldRef, Query } from './ast.ts';
import { matchesParts } from './match-parts.ts';
import { toSql } from './sql/to-sql.ts';
import type { Bind } from './sql/condition.ts';

/** What a rollup row counts events by; rows per minute have no resourceId. */
export interface RollupKey {
  readonly level: Level;
  readonly service: string | null;
  readonly resourceId: string | null;
}

type KeyField = 'level' | 'service' | 'resourceId';

/** A query that asks for nothing but level, service and resourceId, so that rollups answer it. */
export interface RollupFilter {
  readonly query: Query;
  /** Without `resourceId` the rollups per minute answer it, with it those per hour. */
  readonly fields: ReadonlySet<KeyField>;
  /** The values that every matching event has one of; null where any may match. */
  readonly levels: readonly Level[] | null;
  readonly services: readonly string[] | null;
  readonly resourceIds: readonly string[] | null;
}

/** How a query is answered from rollups, or null where they do not know enough. */
export function rollupFilter(query: Query): RollupFilter | null {
  const fields = new Set<KeyField>();
  if (!collectFields(query, fields)) return null;
  return {
    query,
    fields,
    levels: levelsOf(query),
    services: valuesOf(query, 'service'),
    resourceIds: valuesOf(query, 'resourceId'),
  };
}

function collectFields(query: Query, fields: Set<KeyField>): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.operands.every((operand) => collectFields(operand, fields));
    case 'not':
      return collectFields(query.operand, fields);
    case 'level':
      fields.add('level');
      return true;
    case 'equals':
    case 'wildcard':
    case 'exists':
      return collectField(query.field, fields);
    default:
      return false;
  }
}

function collectField(field: FieldRef, fields: Set<KeyField>): boolean {
  if (field.kind !== 'column') return false;
  if (field.name !== 'service' && field.name !== 'resourceId') return false;
  fields.add(field.name);
  return true;
}

/** The levels that events may have to match, of any query; null where all may match. */
export function levelsOf(query: Query): readonly Level[] | null {
  const found = setOf(query, (term) => (term.kind === 'level' ? term.levels : null));
  return found === null || found.length === LEVELS.length ? null : (found as readonly Level[]);
}

/** The services that events may have to match, of any query; null where any may match. */
export function servicesOf(query: Query): readonly string[] | null {
  return valuesOf(query, 'service');
}

function valuesOf(query: Query, name: 'service' | 'resourceId'): readonly string[] | null {
  return setOf(query, (term) => {
    const named =
      term.kind === 'equals' && term.field.kind === 'column' && term.field.name === name;
    return named && !term.ignoreCase ? [term.value] : null;
  });
}

/** The values that a tree of terms allows, null being all; a negation allows all. */
function setOf(
  query: Query,
  valuesOfTerm: (term: Query) => readonly string[] | null,
): readonly string[] | null {
  if (query.kind === 'and') {
    return query.operands.map((operand) => setOf(operand, valuesOfTerm)).reduce(intersect, null);
  }
  if (query.kind !== 'or') return query.kind === 'not' ? null : valuesOfTerm(query);
  const sets = query.operands.map((operand) => setOf(operand, valuesOfTerm));
  return sets.includes(null) ? null : [...new Set(sets.flatMap((values) => values ?? []))];
}

function intersect(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.filter((value) => b.includes(value));
}

/** Whether the events that a rollup key counts match. */
export function rollupPredicate(filter: RollupFilter): (key: RollupKey) => boolean {
  return (key) => matchesKey(filter.query, key);
}

function matchesKey(query: Query, key: RollupKey): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
      return query.operands.every((operand) => matchesKey(operand, key));
    case 'or':
      return query.operands.some((operand) => matchesKey(operand, key));
    case 'not':
      return !matchesKey(query.operand, key);
    case 'level':
      return query.levels.some((level) => levelRank(level) === levelRank(key.level));
    default:
      return matchesValue(query, key);
  }
}

function matchesValue(term: Query, key: RollupKey): boolean {
  if (!('field' in term) || term.field.kind !== 'column') throw notInRollups(term);
  const value = term.field.name === 'service' ? key.service : key.resourceId;
  if (value === null) return false;
  switch (term.kind) {
    case 'exists':
      return true;
    case 'equals':
      return value === term.value;
    case 'wildcard':
      return matchesParts(value, term.parts);
    default:
      throw notInRollups(term);
  }
}

function notInRollups(term: Query): TypeError {
  return new TypeError(`a term of kind ${term.kind} is not answered from rollups`);
}

/**
 * The filter as a condition over the columns level, service and, where `fields` names it, resource_id of a rollup
 * table; NULL counts as false.
 */
export function rollupSql(filter: RollupFilter, bind: Bind): string {
  return toSql(filter.query, bind).sql;
}
