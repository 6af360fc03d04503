import type { FieldRef, Query } from './ast.ts';

/** What rollups count events by; those per minute have no resourceId. */
export type RollupField = 'level' | 'service' | 'resourceId';

/** The fields that the query asks for, if rollups count by all of them; null where they do not know enough. */
export function rollupFields(query: Query): ReadonlySet<RollupField> | null {
  const fields = new Set<RollupField>();
  return collectFields(query, fields) ? fields : null;
}

function collectFields(query: Query, fields: Set<RollupField>): boolean {
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

function collectField(field: FieldRef, fields: Set<RollupField>): boolean {
  if (field.kind !== 'column') return false;
  if (field.name !== 'service' && field.name !== 'resourceId') return false;
  fields.add(field.name);
  return true;
}
