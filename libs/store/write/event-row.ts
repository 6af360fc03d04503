import { levelRank, type LogEvent } from '#event';
import type { CopyBuffer } from './copy-buffer.ts';

/** The columns of log_event in the order in which `appendEvent` writes them. */
export const EVENT_COLUMNS =
  'ts, group_seq, ordinal, level, message, level_text, resource_id, trace_id, span_id, commit, service, ' +
  'event_type, parent_resource_id, metadata';

const COLUMN_COUNT = 14;
const NUMBERS_BYTES = 8 + 8 + 4 + 2 + 1;
/** Most bytes of UTF-8 per UTF-16 unit of a string. */
const UTF8_BOUND = 3;

/** Adds one event as a row of log_event. */
export function appendEvent(
  rows: CopyBuffer,
  event: LogEvent,
  groupSeq: number,
  ordinal: number,
): void {
  rows.startRow(COLUMN_COUNT, NUMBERS_BYTES + UTF8_BOUND * textLength(event));
  rows.timestamp(event.timestamp);
  rows.bigint(groupSeq);
  rows.integer(ordinal);
  rows.smallint(levelRank(event.level));
  rows.text(event.message);
  rows.text(event.levelText);
  rows.text(event.resourceId);
  rows.text(event.traceId);
  rows.text(event.spanId);
  rows.text(event.commit);
  rows.text(event.service);
  rows.text(event.eventType);
  rows.text(event.parentResourceId);
  rows.jsonb(event.metadataText);
}

function textLength(event: LogEvent): number {
  return (
    event.message.length +
    event.metadataText.length +
    lengthOf(event.levelText) +
    lengthOf(event.resourceId) +
    lengthOf(event.traceId) +
    lengthOf(event.spanId) +
    lengthOf(event.commit) +
    lengthOf(event.service) +
    lengthOf(event.eventType) +
    lengthOf(event.parentResourceId)
  );
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}
