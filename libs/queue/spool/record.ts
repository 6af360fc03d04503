import { crc32 } from 'node:zlib';
import { BatchFormatError, decodeBatch, encodeBatch, type Batch } from '#event';

/** Two unsigned 32-bit numbers, little-endian: bytes of the payload, and its CRC-32 (the one of gzip and PNG). */
const PREFIX_BYTES = 8;
const LINE_BREAK = 0x0a;
/** Every payload begins so, which is where reading goes on behind damaged bytes. */
const PAYLOAD_BEGIN = Buffer.from('{"batchId":"');

/** Part of a segment: a whole record, or bytes between records that are none. */
export type SegmentPart =
  | {
      readonly kind: 'record';
      readonly start: number;
      readonly end: number;
      readonly payload: Buffer;
    }
  | { readonly kind: 'damaged'; readonly start: number; readonly end: number };

/**
 * A batch as a record of a segment: `[bytes of the payload][CRC-32 of the payload][payload]`. The payload is one line
 * of JSON with the headers of the queue message, then its body as base64: no quotes in it, so nothing that a sender
 * writes can pass for the begin of a payload.
 */
export function encodeRecord(batch: Batch): Buffer {
  const { headers, body } = encodeBatch(batch);
  const head = Buffer.from(`${JSON.stringify(headers)}\n`);
  const text = Buffer.from(body.toString('base64'));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(head.length + text.length, 0);
  prefix.writeUInt32LE(crc32(text, crc32(head)), 4);
  return Buffer.concat([prefix, head, text]);
}

/** @throws BatchFormatError if the payload holds no batch of a schema that is read here */
export function decodePayload(payload: Buffer): Batch {
  const end = payload.indexOf(LINE_BREAK);
  if (end < 0) throw new BatchFormatError('the record has no line of headers');
  const headers = JSON.parse(payload.toString('utf8', 0, end)) as Record<string, unknown>;
  return decodeBatch(headers, Buffer.from(payload.toString('latin1', end + 1), 'base64'));
}

/** The parts of a segment in order; together they are all of its bytes. */
export function* segmentParts(segment: Buffer): Generator<SegmentPart, void> {
  let start = 0;
  while (start < segment.length) {
    const end = endOfRecord(segment, start);
    if (end !== null) {
      yield { kind: 'record', start, end, payload: segment.subarray(start + PREFIX_BYTES, end) };
      start = end;
    } else {
      const next = nextRecord(segment, start + 1);
      yield { kind: 'damaged', start, end: next };
      start = next;
    }
  }
}

/** Null when no whole and intact record begins here. */
function endOfRecord(segment: Buffer, start: number): number | null {
  const payload = start + PREFIX_BYTES;
  if (payload >= segment.length) return null;
  const end = payload + segment.readUInt32LE(start);
  if (end === payload || end > segment.length) return null;
  return crc32(segment.subarray(payload, end)) === segment.readUInt32LE(start + 4) ? end : null;
}

/** Where the next intact record begins, or the end of the segment. */
function nextRecord(segment: Buffer, from: number): number {
  let at = segment.indexOf(PAYLOAD_BEGIN, from + PREFIX_BYTES);
  while (at >= 0) {
    if (endOfRecord(segment, at - PREFIX_BYTES) !== null) return at - PREFIX_BYTES;
    at = segment.indexOf(PAYLOAD_BEGIN, at + 1);
  }
  return segment.length;
}
