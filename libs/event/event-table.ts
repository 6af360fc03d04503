import { LEVELS, levelRank } from './level.ts';
import type { LogEvent } from './log-event.ts';
import { isTimestamp } from './timestamp.ts';

/*
 * Events as bytes that are cheap to write and to read: what JSON costs, ingest and writer both pay for every event.
 *
 *   4 bytes         where the texts begin, little-endian like all numbers here
 *   per event       8 bytes  timestamp, a double of microseconds since 1970
 *                   1 byte   rank of the level
 *                   a length per text of `TEXTS`: one byte below 254; 254 and four bytes; 255 for an absent text
 *   the rest        all texts one behind the other, UTF-8
 *
 * Lengths count UTF-16 units, so that a reader decodes all texts at once and takes slices of them.
 */

/** The texts of an event in the order in which they are written. */
const TEXTS = [
  'message',
  'levelText',
  'resourceId',
  'traceId',
  'spanId',
  'commit',
  'service',
  'eventType',
  'parentResourceId',
  'metadataText',
] as const satisfies readonly (keyof LogEvent)[];

const START_BYTES = 4;
const LONG = 254;
const ABSENT = 255;
const TIMESTAMP_BYTES = 8;
const SHORTEST_ROW = TIMESTAMP_BYTES + 1 + TEXTS.length;
const LONGEST_ROW = TIMESTAMP_BYTES + 1 + TEXTS.length * 5;

/** @param events whose texts are clean: a lone surrogate would come back as U+FFFD */
export function encodeEvents(events: readonly LogEvent[]): Buffer {
  const table = Buffer.allocUnsafe(START_BYTES + events.length * LONGEST_ROW);
  let texts = '';
  let end = START_BYTES;
  for (const event of events) {
    end = table.writeDoubleLE(event.timestamp, end);
    table[end++] = levelRank(event.level);
    for (const name of TEXTS) {
      const text = event[name];
      if (text !== null) texts += text;
      end = writeLength(table, text, end);
    }
  }
  table.writeUInt32LE(end);
  const bytes = Buffer.allocUnsafe(end + Buffer.byteLength(texts));
  table.copy(bytes, 0, 0, end);
  bytes.write(texts, end);
  return bytes;
}

function writeLength(table: Buffer, text: string | null, at: number): number {
  if (text !== null && text.length >= LONG) {
    table[at] = LONG;
    return table.writeUInt32LE(text.length, at + 1);
  }
  table[at] = text === null ? ABSENT : text.length;
  return at + 1;
}

/**
 * The events that `encodeEvents` wrote, or null if the bytes are anything else. Never throws: anybody may have sent
 * them.
 *
 * The texts are slices, which keep all texts of the batch in memory: what lives longer than a batch takes copies.
 */
export function decodeEvents(bytes: Buffer): LogEvent[] | null {
  const textStart = bytes.length < START_BYTES ? 0 : bytes.readUInt32LE();
  if (textStart < START_BYTES || textStart > bytes.length) return null;
  const table = new TableReader(bytes, textStart);
  const events: LogEvent[] = [];
  while (table.hasMore) {
    const event = table.next();
    if (event === null) return null;
    events.push(event);
  }
  return table.isSpent ? events : null;
}

/** Reads events one behind the other. What it reads beyond the end of the table is known in the end, by `isSpent`. */
class TableReader {
  private readonly bytes: Buffer;
  private readonly end: number;
  private readonly texts: string;
  private at = START_BYTES;
  private textAt = 0;

  constructor(bytes: Buffer, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.texts = bytes.toString('utf8', end);
  }

  get hasMore(): boolean {
    return this.at + SHORTEST_ROW <= this.end;
  }

  /** Whether the lengths have led to the end of the table and to that of the texts. */
  get isSpent(): boolean {
    return this.at === this.end && this.textAt === this.texts.length;
  }

  next(): LogEvent | null {
    const timestamp = this.bytes.readDoubleLE(this.at);
    this.at += TIMESTAMP_BYTES;
    const level = LEVELS[this.byte()];
    const message = this.text();
    const levelText = this.text();
    const resourceId = this.text();
    const traceId = this.text();
    const spanId = this.text();
    const commit = this.text();
    const service = this.text();
    const eventType = this.text();
    const parentResourceId = this.text();
    const metadataText = this.text();
    if (!isTimestamp(timestamp) || level === undefined) return null;
    if (message === null || metadataText === null) return null;
    return {
      timestamp,
      level,
      levelText,
      message,
      resourceId,
      traceId,
      spanId,
      commit,
      service,
      eventType,
      parentResourceId,
      metadataText,
    };
  }

  private text(): string | null {
    let length = this.byte();
    if (length === ABSENT) return null;
    if (length === LONG) {
      length = this.byte() + this.byte() * 2 ** 8 + this.byte() * 2 ** 16 + this.byte() * 2 ** 24;
    }
    const start = this.textAt;
    this.textAt += length;
    return this.texts.slice(start, this.textAt);
  }

  private byte(): number {
    return this.bytes[this.at++] ?? 0;
  }
}
