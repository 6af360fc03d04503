import type { Batch } from './batch.ts';
import { decodeEventLines } from './event-lines.ts';
import { decodeEvents, encodeEvents } from './event-table.ts';
import { LIMITS } from './limits.ts';
import type { LogEvent } from './log-event.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { formatTimestamp, type Micros } from './timestamp.ts';

/** Version of the encoding that is written. */
export const BATCH_SCHEMA = 2;

/**
 * Bodies of every schema that is read: what an older ingest left in queues, spools and quarantine is read for as long
 * as its row stays here.
 */
const READ_BODY: ReadonlyMap<unknown, (body: Buffer) => LogEvent[] | null> = new Map([
  [1, decodeEventLines],
  [BATCH_SCHEMA, decodeEvents],
]);

/** Whether it is the number of a schema that another version may read, but not this one. */
export function isUnknownSchema(schema: unknown): schema is number {
  return Number.isSafeInteger(schema) && (schema as number) > 0 && !READ_BODY.has(schema);
}

/** What a queue message says of its batch beside the body: enough to route and to count it without reading the body. */
export interface BatchHeaders {
  readonly batchId: string;
  readonly schema: number;
  readonly count: number;
  /** `Batch.bytes`. */
  readonly bytes: number;
  /** Earliest and latest timestamp of the events, and the time of receipt, as `formatTimestamp` writes them. */
  readonly minTs: string;
  readonly maxTs: string;
  readonly receivedAt: string;
  /** Absent where the batch has none. */
  readonly bodyHash?: string;
  /** W3C Trace Context; absent without tracing. */
  readonly traceparent?: string;
}

export interface EncodedBatch {
  readonly headers: BatchHeaders;
  /** Of `encodeEvents`. */
  readonly body: Buffer;
}

/** A message that is no batch of a schema that is read here. Permanent: reading it again cannot help. */
export class BatchFormatError extends Error {
  override readonly name = 'BatchFormatError';
  readonly code = 'batch-format';
  readonly permanent = true;
}

/**
 * Encodes a batch as one queue message.
 *
 * @throws RangeError if the batch holds no events.
 */
export function encodeBatch(batch: Batch): EncodedBatch {
  if (batch.events.length === 0) throw new RangeError('a batch holds at least one event');
  let min = Infinity;
  let max = -Infinity;
  for (const { timestamp } of batch.events) {
    min = Math.min(min, timestamp);
    max = Math.max(max, timestamp);
  }
  const headers: BatchHeaders = {
    batchId: batch.id,
    schema: BATCH_SCHEMA,
    count: batch.events.length,
    bytes: batch.bytes,
    minTs: formatTimestamp(min),
    maxTs: formatTimestamp(max),
    receivedAt: formatTimestamp(batch.receivedAt),
    ...(batch.bodyHash === null ? {} : { bodyHash: batch.bodyHash }),
    ...(batch.traceParent !== undefined && { traceparent: batch.traceParent }),
  };
  return { headers, body: encodeEvents(batch.events) };
}

/**
 * Decodes a queue message. `headers` may hold anything: they come from outside the process.
 *
 * @throws BatchFormatError if the schema is not read here, headers are missing, or the body does not hold the counted events.
 */
export function decodeBatch(headers: Readonly<Record<string, unknown>>, body: Buffer): Batch {
  const { schema, batchId, bytes, count, bodyHash = null, traceparent } = headers;
  const readBody = READ_BODY.get(schema);
  if (readBody === undefined) throw new BatchFormatError(schemaFault(schema));
  if (typeof batchId !== 'string') throw headerError('batchId');
  if (!isSize(bytes)) throw headerError('bytes');
  if (bodyHash !== null && typeof bodyHash !== 'string') throw headerError('bodyHash');
  const receivedAt = timeHeader(headers, 'receivedAt');
  const events = readBody(body);
  if (events === null) {
    throw new BatchFormatError(`the body holds no events of schema ${String(schema)}`);
  }
  if (events.length !== count) {
    throw new BatchFormatError(`${events.length} events, but the header counts ${String(count)}`);
  }
  // A trace is no reason to refuse a batch.
  const traceParent = typeof traceparent === 'string' ? { traceParent: traceparent } : {};
  return { id: batchId, events, bytes, receivedAt, bodyHash, ...traceParent };
}

function schemaFault(schema: unknown): string {
  return `schema ${String(schema)} is not read here, only ${[...READ_BODY.keys()].join(' and ')}`;
}

function headerError(name: string): BatchFormatError {
  return new BatchFormatError(`the header ${name} is missing or of the wrong type`);
}

/** It goes into sums that bound memory, which one number out of all bounds would spoil. */
function isSize(bytes: unknown): bytes is number {
  return typeof bytes === 'number' && bytes >= 0 && bytes <= LIMITS.inflatedBytes;
}

function timeHeader(headers: Readonly<Record<string, unknown>>, name: string): Micros {
  const time = parseTimestamp(headers[name]);
  if (time === null) throw headerError(name);
  return time;
}
