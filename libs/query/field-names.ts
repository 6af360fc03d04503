import type { FieldRef } from './ast.ts';

type ColumnName = Extract<FieldRef, { kind: 'column' }>['name'];

type Target = ColumnName | 'level' | 'timestamp';

/**
 * The names that intake accepts (ARCHITECTURE.md, "The event") and those of derived fields. A copy, held equal by a
 * test: the page loads this file, and nothing of intake.
 */
const NAMES: ReadonlyMap<string, Target> = new Map([
  ...named('timestamp', 'timestamp', 'time', 'ts', '@timestamp'),
  ...named('level', 'level', 'severity', 'lvl', 'logLevel'),
  ...named('message', 'message', 'msg', 'body', 'log', '@message'),
  ...named('resourceId', 'resourceId', 'resource_id'),
  ...named('traceId', 'traceId', 'trace_id'),
  ...named('spanId', 'spanId', 'span_id'),
  ...named('commit', 'commit'),
  ...named('service', 'service', 'source', 'service.name'),
  ...named('eventType', 'eventType', 'event_type'),
  ...named('levelText', 'levelText'),
  ...named('parentResourceId', 'parentResourceId', 'metadata.parentResourceId'),
]);

function named(target: Target, ...names: string[]): [string, Target][] {
  return names.map((name) => [name, target]);
}

/** What a field name of a query stands for; an unknown name is `metadata.<name>`. */
export function fieldPath(name: string): FieldRef | 'level' | 'timestamp' {
  const known = NAMES.get(name);
  if (known === 'level' || known === 'timestamp') return known;
  if (known !== undefined) return { kind: 'column', name: known };
  const path = name.startsWith('metadata.') ? name.slice('metadata.'.length) : name;
  return { kind: 'metadata', path: path.split('.') };
}

/** The canonical spelling of a field name; two names of the same field have the same. */
export function canonicalFieldName(name: string): string {
  const field = fieldPath(name);
  if (typeof field === 'string') return field;
  return field.kind === 'column' ? field.name : `metadata.${field.path.join('.')}`;
}

/** The names a query offers for completion, canonical ones only. */
export const FIELD_NAMES: readonly string[] = [...new Set(NAMES.values())];
