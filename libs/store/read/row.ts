import type { CustomTypesConfig } from 'pg';
import { LEVELS, type JsonObject, type StoredEvent } from '#event';
import { parseTimestamptz } from './timestamptz.ts';

/** A row as Postgres sends it in text format, in the order of the select list. */
export type TextRow = readonly (string | null)[];

/** Tells the driver to leave values as text. */
export const AS_TEXT = {
  getTypeParser: () => (value: unknown) => value,
} as unknown as CustomTypesConfig;

/** The select list that `decodeEvent` reads. Needs the session's TimeZone to be UTC and DateStyle ISO. */
export const EVENT_COLUMNS =
  'ts, group_seq, ordinal, level, message, level_text, resource_id, trace_id, span_id, commit, service, ' +
  'event_type, parent_resource_id, metadata';

type EventRow = readonly [
  ts: string,
  groupSeq: string,
  ordinal: string,
  level: string,
  message: string,
  levelText: string | null,
  resourceId: string | null,
  traceId: string | null,
  spanId: string | null,
  commit: string | null,
  service: string | null,
  eventType: string | null,
  parentResourceId: string | null,
  metadata: string,
];

/** One row of `EVENT_COLUMNS` as an event. */
export function decodeEvent(row: TextRow): StoredEvent {
  const columns = row as EventRow;
  return {
    timestamp: parseTimestamptz(columns[0]),
    groupSeq: Number(columns[1]),
    ordinal: Number(columns[2]),
    level: LEVELS[Number(columns[3])] ?? 'info',
    message: columns[4],
    levelText: columns[5],
    resourceId: columns[6],
    traceId: columns[7],
    spanId: columns[8],
    commit: columns[9],
    service: columns[10],
    eventType: columns[11],
    parentResourceId: columns[12],
    metadata: columns[13] === '{}' ? EMPTY : (JSON.parse(columns[13]) as JsonObject),
    metadataText: columns[13],
  };
}

const EMPTY: JsonObject = {};
