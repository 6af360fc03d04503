import { eventId, formatTimestamp, type JsonValue, type StoredEvent } from '#event';
import { fieldPath, metadataValues } from '#query';

import { accepted, refused, type Parameter } from '../parameters/parameter.ts';

/** A field of the events as a column of an export. */
export interface Column {
  /** As it was asked for. */
  readonly name: string;
  /** Null where the event has none; several values of metadata are an array. */
  readonly valueOf: (event: StoredEvent) => JsonValue;
}

export const MOST_COLUMNS = 100;
const LONGEST_LIST = 8 * 1024;

/** Field names with commas between; null means whole events. */
export const columnsParameter: Parameter<readonly Column[] | null> = {
  description:
    'Only these fields, in this order: `timestamp,level,service,metadata.region`. Absent: everything.',
  required: false,
  schema: { type: 'string', maxLength: LONGEST_LIST },
  read: (value) => {
    if (value === null) return accepted(null);
    const names = value.split(',').map((name) => name.trim());
    if (value.length > LONGEST_LIST || names.length > MOST_COLUMNS)
      return refused(`at most ${MOST_COLUMNS} fields of ${LONGEST_LIST} characters are allowed.`);
    if (names.includes('')) return refused('a name between two commas is empty.');
    return accepted([...new Set(names)].map(columnOf));
  },
};

export function columnOf(name: string): Column {
  if (name === 'id') return { name, valueOf: eventId };
  const field = fieldPath(name);
  if (field === 'level') return { name, valueOf: (event) => event.level };
  if (field === 'timestamp')
    return { name, valueOf: ({ timestamp }) => formatTimestamp(timestamp) };
  if (field.kind === 'column') return { name, valueOf: (event) => event[field.name] };
  return { name, valueOf: ({ metadata }) => oneOrMany(metadataValues(metadata, field.path)) };
}

function oneOrMany(values: readonly JsonValue[]): JsonValue {
  return values.length > 1 ? values : (values[0] ?? null);
}
