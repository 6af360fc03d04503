import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { LEVELS, type Level } from './level.ts';
import type { LogEvent } from './log-event.ts';
import { parentResourceIdOf } from './metadata.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { isTimestamp } from './timestamp.ts';

/*
 * Bodies of schema 1: NDJSON, one canonical event a line, absent fields left out, metadata last. Nothing writes them
 * any more; queues, spools and quarantine may hold some.
 */

/** Between the flat fields and the metadata. It occurs in no text before, where each `"` is escaped. */
const METADATA_MARK = ',"metadata":';

/** The events of a body of schema 1, or null if it is anything else. Never throws: anybody may have sent it. */
export function decodeEventLines(body: Buffer): LogEvent[] | null {
  const lines = body.toString().split('\n');
  if (lines.pop() !== '') return null;
  const events: LogEvent[] = [];
  for (const line of lines) {
    const event = decodeLine(line);
    if (event === null) return null;
    events.push(event);
  }
  return events;
}

function decodeLine(line: string): LogEvent | null {
  const sent = parseObject(line);
  if (sent === null) return null;
  const { timestamp, level, message, metadata } = sent;
  const time = typeof timestamp === 'string' ? parseTimestamp(timestamp) : null;
  if (time === null || !isTimestamp(time) || !isLevel(level)) return null;
  if (typeof message !== 'string' || metadata === undefined || !isJsonObject(metadata)) return null;
  // As it was written: it may hold numbers that JavaScript would change.
  const metadataText = line.slice(line.indexOf(METADATA_MARK) + METADATA_MARK.length, -1);
  // What is cut out of a line that others wrote, with the metadata elsewhere, is none.
  if (parseObject(metadataText) === null) return null;
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
    metadataText,
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

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
