import { isJsonObject, type JsonObject } from './json.ts';
import { LEVELS, type Level } from './level.ts';
import type { LogEvent } from './log-event.ts';
import { parentResourceIdOf } from './metadata.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { formatTimestamp } from './timestamp.ts';

/** Between the flat fields and the metadata. It occurs in no text before, where each `"` is escaped. */
const METADATA_MARK = ',"metadata":';

/** A canonical event as one line of JSON, absent fields left out, metadata last. */
export function encodeEvent(event: LogEvent): string {
  return (
    `{"timestamp":"${formatTimestamp(event.timestamp)}","level":"${event.level}"` +
    `,"message":${JSON.stringify(event.message)}` +
    optional('levelText', event.levelText) +
    optional('resourceId', event.resourceId) +
    optional('traceId', event.traceId) +
    optional('spanId', event.spanId) +
    optional('commit', event.commit) +
    optional('service', event.service) +
    optional('eventType', event.eventType) +
    `${METADATA_MARK}${event.metadataText}}`
  );
}

function optional(field: string, text: string | null): string {
  return text === null ? '' : `,"${field}":${JSON.stringify(text)}`;
}

/** The event of a line that `encodeEvent` wrote, or null if the line is none. */
export function decodeEvent(line: string): LogEvent | null {
  const sent = parseObject(line);
  if (sent === null) return null;
  const { timestamp, level, message, metadata } = sent;
  const time = typeof timestamp === 'string' ? parseTimestamp(timestamp) : null;
  if (time === null || !isLevel(level) || typeof message !== 'string') return null;
  if (!isJsonObject(metadata)) return null;
  return {
    timestamp: time,
    level,
    levelText: textOf(sent['levelText']),
    message,
    resourceId: textOf(sent['resourceId']),
    traceId: textOf(sent['traceId']),
    spanId: textOf(sent['spanId']),
    commit: textOf(sent['commit']),
    service: textOf(sent['service']),
    eventType: textOf(sent['eventType']),
    parentResourceId: parentResourceIdOf(metadata),
    metadata,
    metadataText: line.slice(line.indexOf(METADATA_MARK) + METADATA_MARK.length, -1),
  };
}

function parseObject(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isLevel(value: unknown): value is Level {
  return (LEVELS as readonly unknown[]).includes(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
