import type { LogHit } from '../api/log-hit.ts';

export interface EventField {
  /** As queries name it. */
  readonly name: string;
  /** As text; of an object its JSON. */
  readonly value: string;
  /** Whether `name:value` finds this event. */
  readonly filterable: boolean;
}

const TEXT_FIELDS = [
  'service',
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'eventType',
  'levelText',
] as const;

/** Name of a metadata key that a query can spell without quoting. */
const PLAIN_NAME = /^[\p{L}\p{N}_.@-]+$/u;
const LONGEST_FILTER = 1_024;

/** Every field of an event but its message, metadata flattened to paths, in reading order. */
export function eventFields(hit: LogHit): EventField[] {
  const fields: EventField[] = [
    { name: 'timestamp', value: hit.timestamp, filterable: false },
    { name: 'level', value: hit.level, filterable: true },
  ];
  for (const name of TEXT_FIELDS) {
    const value = hit[name];
    if (value !== null && value !== undefined) fields.push(field(name, value));
  }
  for (const [key, value] of Object.entries(hit.metadata ?? {})) {
    flatten(`metadata.${key}`, value, PLAIN_NAME.test(key), fields);
  }
  fields.push({ name: 'id', value: hit.id, filterable: false });
  return fields;
}

function field(name: string, value: string, plain = true): EventField {
  return { name, value, filterable: plain && value !== '' && value.length <= LONGEST_FILTER };
}

function flatten(path: string, value: unknown, plain: boolean, fields: EventField[]): void {
  if (Array.isArray(value)) {
    const simple = value.every((element) => typeof element !== 'object');
    for (const [at, element] of value.entries()) {
      if (simple) fields.push(field(path, asText(element), plain));
      else flatten(`${path}.${at.toString()}`, element, false, fields);
    }
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) fields.push({ name: path, value: '{}', filterable: false });
    for (const [key, inner] of entries)
      flatten(`${path}.${key}`, inner, plain && PLAIN_NAME.test(key), fields);
  } else if (value !== null) fields.push(field(path, asText(value), plain));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
