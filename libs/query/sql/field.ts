import type { FieldRef, FieldTerm } from '../ast.ts';
import { exactly, type Condition, type Target } from './condition.ts';
import { duckdbMetadataCondition } from './duckdb-metadata.ts';
import { metadataCondition } from './metadata.ts';
import { textCondition } from './text.ts';

type ColumnName = Extract<FieldRef, { kind: 'column' }>['name'];

const COLUMNS: Readonly<Record<ColumnName, string>> = {
  resourceId: 'resource_id',
  traceId: 'trace_id',
  spanId: 'span_id',
  commit: 'commit',
  service: 'service',
  eventType: 'event_type',
  levelText: 'level_text',
  parentResourceId: 'parent_resource_id',
  message: 'message',
};

export function fieldCondition(term: FieldTerm, target: Target): Condition {
  const { field } = term;
  if (field.kind === 'metadata') {
    return target.dialect.name === 'duckdb'
      ? duckdbMetadataCondition(term, field.path, target)
      : metadataCondition(term, field.path, target);
  }
  const column = COLUMNS[field.name];
  return term.kind === 'exists'
    ? exactly(`${column} IS NOT NULL`)
    : textCondition(term, column, target);
}
