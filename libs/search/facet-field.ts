import { formatTimestamp, levelRank, type JsonObject, type JsonValue } from '#event';
import { fieldPath, metadataValues, type FieldRef } from '#query';
import { parseTimestamptz } from '#store';
import { readLevel, type Grouping, type GroupKey } from './grouping.ts';

/** How to count a field's values. */
export interface FacetField {
  readonly grouping: Grouping;
  /** The values that a counted key stands for; several of an array. */
  readonly valuesOf: (key: GroupKey) => readonly string[];
}

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

/** @param name a field name of the query language */
export function facetField(name: string): FacetField {
  const field = fieldPath(name);
  if (field === 'level') return LEVEL;
  if (field === 'timestamp') return TIMESTAMP;
  return field.kind === 'column' ? columnField(field.name) : metadataField(field.path);
}

const LEVEL: FacetField = {
  grouping: {
    rowKeys: ['level'],
    columnarKeys: ['level'],
    minuteKeys: ['level'],
    hourKeys: ['level'],
    keyOf: (event) => [String(levelRank(event.level))],
  },
  valuesOf: ([rank]) => [readLevel(rank)],
};

const TIMESTAMP: FacetField = {
  grouping: {
    rowKeys: ['ts'],
    columnarKeys: ['ts'],
    minuteKeys: null,
    hourKeys: null,
    keyOf: (event) => [formatTimestamp(event.timestamp)],
  },
  valuesOf: ([text]) => {
    if (!text) return [];
    return [text.endsWith('Z') ? text : formatTimestamp(parseTimestamptz(text))];
  },
};

function columnField(name: ColumnName): FacetField {
  const column = COLUMNS[name];
  const inHours = name === 'service' || name === 'resourceId';
  return {
    grouping: {
      rowKeys: [column],
      columnarKeys: [column],
      minuteKeys: name === 'service' ? [column] : null,
      hourKeys: inHours ? [column] : null,
      keyOf: (event) => [event[name]],
    },
    valuesOf: ([value]) => (value === null || value === undefined ? [] : [value]),
  };
}

/** Counted by the JSON of what holds the values, which is taken apart here by the rule of the query language. */
function metadataField(path: readonly string[]): FacetField {
  const flat = path.join('.');
  const [top = flat] = path;
  const nested = path.length > 1;
  // Without arrays on the way the value itself is the key, which keeps the keys few.
  const value = nested
    ? `CASE WHEN ${objectsOnTheWay(path)} THEN metadata #> ${textArray(path)} END`
    : `metadata -> ${text(top)}`;
  const whole = nested
    ? `CASE WHEN NOT (${objectsOnTheWay(path)}) THEN metadata -> ${text(top)} END`
    : 'NULL::jsonb';
  const flatValue = nested ? `metadata -> ${text(flat)}` : 'NULL::jsonb';
  return {
    grouping: {
      rowKeys: [value, whole, flatValue],
      columnarKeys: columnarKeys(path, nested ? flat : null),
      minuteKeys: null,
      hourKeys: null,
      keyOf: (event) => [
        null,
        wholeOf(event.metadata, top),
        wholeOf(event.metadata, nested ? flat : null),
      ],
    },
    valuesOf: ([valueText, wholeText, flatText]) => {
      const metadata: Record<string, JsonValue> = {};
      if (wholeText) metadata[top] = JSON.parse(wholeText) as JsonValue;
      if (flatText) metadata[flat] = JSON.parse(flatText) as JsonValue;
      const found = metadataValues(metadata, path);
      if (valueText) found.push(...elements(JSON.parse(valueText) as JsonValue));
      return [...new Set(found.map(scalarText).filter((each) => each !== null))];
    },
  };
}

/** The JSON of what holds the values, for what `metadataField` says of them. */
function columnarKeys(path: readonly string[], flat: string | null): readonly string[] {
  const [top = ''] = path;
  const member = (key: string) => `json_extract(metadata, ${text(pointer([key]))})`;
  if (flat === null) return ['NULL', member(top), 'NULL'];
  const noArrays = path
    .slice(0, -1)
    .map(
      (_, index) =>
        `json_type(metadata, ${text(pointer(path.slice(0, index + 1)))}) IS DISTINCT FROM 'ARRAY'`,
    )
    .join(' AND ');
  return [
    `CASE WHEN ${noArrays} THEN json_extract(metadata, ${text(pointer(path))}) END`,
    `CASE WHEN NOT (${noArrays}) THEN ${member(top)} END`,
    member(flat),
  ];
}

/** A JSON pointer (RFC 6901). */
function pointer(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function wholeOf(metadata: JsonObject, key: string | null): string | null {
  if (key === null || !Object.hasOwn(metadata, key)) return null;
  return JSON.stringify(metadata[key]);
}

function elements(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

/** Objects and arrays are no values. */
function scalarText(value: JsonValue): string | null {
  return value === null || typeof value === 'object' ? null : String(value);
}

/** True where no array stands above the last key of the path. */
function objectsOnTheWay(path: readonly string[]): string {
  return path
    .slice(0, -1)
    .map(
      (_, index) =>
        `jsonb_typeof(metadata #> ${textArray(path.slice(0, index + 1))}) IS DISTINCT FROM 'array'`,
    )
    .join(' AND ');
}

function textArray(parts: readonly string[]): string {
  return `ARRAY[${parts.map(text).join(', ')}]::text[]`;
}

/** A literal without backslash escapes, as the setting standard_conforming_strings has it since Postgres 9.1. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
