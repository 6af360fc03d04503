import { cleanText, exceedsBytes } from './clean-text.ts';
import { gatherFields, SLOT } from './gathered-fields.ts';
import { cleanJson, isJsonObject, mayHoldUncleanEscape } from './json.ts';
import { levelOfName, parseLevel, type Level } from './level.ts';
import { LIMITS } from './limits.ts';
import type { LogEvent } from './log-event.ts';
import { parentResourceIdOf, readMetadata, type Metadata } from './metadata.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { quote } from './quote.ts';
import { formatTimestamp, MICROS_PER_DAY, type Micros } from './timestamp.ts';

/**
 * What became of one sent value. `bytes` is the approximate size of the encoded event, for bounds on memory and for
 * cutting into batches.
 *
 * A rejection carries a size too where the only fault is a time too far ahead: whether it is depends on the time
 * of receipt, and the cut of a repeated request must not. In all other rejections it is null.
 */
export type NormaliseOutcome =
  | { readonly ok: true; readonly event: LogEvent; readonly bytes: number }
  | { readonly ok: false; readonly reason: string; readonly bytes: number | null };

/** Makes a canonical event of what a client sent, or says in one sentence why it cannot. Never throws on JSON values. */
export function normaliseEvent(value: unknown, receivedAt: Micros): NormaliseOutcome {
  if (!isJsonObject(value)) {
    return rejected(`an event is a JSON object, but this is ${quote(value)}`);
  }
  const fields = gatherFields(value);
  if (fields.deepField !== null) return rejected(tooDeep(fields.deepField));
  const timestamp = readTimestamp(fields.values[SLOT.timestamp], receivedAt);
  if (typeof timestamp === 'string') return rejected(timestamp);
  const message = readText(fields.values[SLOT.message]);
  if (message === null) return rejected('message is missing; send it as "message"');
  const metadata = readMetadata(fields.values[SLOT.metadata], value, fields.further);
  if (typeof metadata === 'string') return rejected(metadata);
  return checkBounds(compose(fields.values, timestamp, message, metadata), receivedAt);
}

function rejected(reason: string): NormaliseOutcome {
  return { ok: false, reason, bytes: null };
}

function tooDeep(field: string): string {
  return `${field} is nested more than ${LIMITS.metadataDepth} levels deep; flatten it`;
}

/** The time of an event, that of receipt where none was sent, or the reason why it is none. */
function readTimestamp(sent: unknown, receivedAt: Micros): Micros | string {
  if (sent === undefined) return receivedAt;
  const timestamp = parseTimestamp(sent);
  if (timestamp === null) {
    return `timestamp ${quote(sent)} is not a time; send RFC 3339 such as 2023-09-15T08:00:00Z, or an epoch number`;
  }
  if (timestamp < 0) {
    return `timestamp ${quote(sent)} is before 1970-01-01T00:00:00Z; correct the clock or the unit of the sender`;
  }
  return timestamp;
}

/** A value as clean text; an object or array as its JSON, whose depth must be bounded already. */
function readText(sent: unknown): string | null {
  if (typeof sent === 'string') return cleanText(sent);
  if (sent === undefined) return null;
  if (typeof sent === 'number' || typeof sent === 'boolean') return String(sent);
  const text = JSON.stringify(sent);
  return mayHoldUncleanEscape(text) ? JSON.stringify(cleanJson(sent)) : text;
}

function compose(
  sent: readonly unknown[],
  timestamp: Micros,
  message: string,
  metadata: Metadata,
): LogEvent {
  const eventType = readText(sent[SLOT.eventType]);
  const levelText = readText(sent[SLOT.level]) ?? levelNameIn(eventType);
  const level = readLevel(sent[SLOT.level], levelText);
  return {
    timestamp,
    level,
    levelText: levelText === level ? null : levelText,
    message,
    resourceId: readText(sent[SLOT.resourceId]),
    traceId: readText(sent[SLOT.traceId]),
    spanId: readText(sent[SLOT.spanId]),
    commit: readText(sent[SLOT.commit]),
    service: readText(sent[SLOT.service]),
    eventType,
    parentResourceId: parentResourceIdOf(metadata.object),
    metadataText: metadata.text,
  };
}

/** The type of an event where it names a level: it stands in for a level that was not sent. */
function levelNameIn(eventType: string | null): string | null {
  return eventType !== null && levelOfName(eventType) !== null ? eventType : null;
}

function readLevel(sent: unknown, text: string | null): Level {
  if (text === null) return 'info';
  return parseLevel(typeof sent === 'number' ? sent : text) ?? 'info';
}

/** The bounds that depend on the body alone come first, the one that depends on the time of receipt last. */
function checkBounds(event: LogEvent, receivedAt: Micros): NormaliseOutcome {
  const fault = textFault(event) ?? messageFault(event);
  if (fault !== null) return rejected(fault);
  const bytes = encodedBytes(event);
  if (event.timestamp > receivedAt + MICROS_PER_DAY) {
    return { ok: false, reason: aheadReason(event.timestamp, receivedAt), bytes };
  }
  return { ok: true, event, bytes };
}

/** Field by field, since reading them by a variable name takes several times as long. */
function textFault(event: LogEvent): string | null {
  return (
    fieldFault('resourceId', event.resourceId) ??
    fieldFault('traceId', event.traceId) ??
    fieldFault('spanId', event.spanId) ??
    fieldFault('commit', event.commit) ??
    fieldFault('service', event.service) ??
    fieldFault('eventType', event.eventType) ??
    fieldFault('level', event.levelText)
  );
}

function fieldFault(name: string, text: string | null): string | null {
  if (text === null || !exceedsBytes(text, LIMITS.textFieldBytes)) return null;
  return `${name} takes ${Buffer.byteLength(text)} bytes, more than ${LIMITS.textFieldBytes}; shorten it`;
}

function messageFault(event: LogEvent): string | null {
  const { message } = event;
  if (exceedsBytes(message, LIMITS.messageBytes)) {
    return `message takes ${Buffer.byteLength(message)} bytes, more than ${LIMITS.messageBytes}; shorten or split it`;
  }
  if (message.length < ESCAPED_MESSAGE_CHECK) return null;
  const encoded = encodedBytes(event) + Buffer.byteLength(JSON.stringify(message)) - message.length;
  if (encoded <= LIMITS.eventBytes) return null;
  return `message takes ${encoded} bytes as JSON with its escapes, more than ${LIMITS.eventBytes}; shorten or split it`;
}

/** Below this length not even a message of nothing but control characters, 6 bytes each, fills an event. */
const ESCAPED_MESSAGE_CHECK = 512 * 1024;

/** Field names, punctuation, timestamp and level of an event as JSON: sizes are those of its JSON, whatever a queue writes. */
const FRAME_BYTES = 120;

function encodedBytes(event: LogEvent): number {
  return (
    FRAME_BYTES +
    Buffer.byteLength(event.message) +
    Buffer.byteLength(event.metadataText) +
    lengthOf(event.resourceId) +
    lengthOf(event.traceId) +
    lengthOf(event.spanId) +
    lengthOf(event.commit) +
    lengthOf(event.service) +
    lengthOf(event.eventType)
  );
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}

function aheadReason(timestamp: Micros, receivedAt: Micros): string {
  const sent = formatTimestamp(timestamp);
  const now = formatTimestamp(receivedAt);
  return `timestamp ${sent} is more than a day ahead of the time of receipt, ${now}; correct the clock or the unit of the sender`;
}
