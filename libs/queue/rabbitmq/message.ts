import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { MessageProperties, Options } from 'amqplib';
import {
  BatchFormatError,
  decodeBatch,
  encodeBatch,
  isUnknownSchema,
  LIMITS,
  type Batch,
} from '#event';
import { messageOf } from './errors.ts';
import type { Compression } from './settings.ts';

/** A batch as one message of the broker. */
export interface BatchMessage {
  readonly body: Buffer;
  readonly properties: Options.Publish;
}

/** A batch as it was delivered; anybody may have sent it. */
export interface DeliveredMessage {
  readonly content: Buffer;
  readonly properties: Pick<MessageProperties, 'headers'> &
    Partial<Pick<MessageProperties, 'contentEncoding' | 'messageId'>>;
}

/** Level 1 of each: the ratio of log text hardly grows beyond it, the time does. */
const COMPRESS: Readonly<Record<Compression, (body: Buffer) => Buffer>> = {
  none: (body) => body,
  gzip: (body) => gzipSync(body, { level: 1 }),
  zstd: (body) => zstdCompressSync(body),
};

/** A batch is far smaller; more is an attack or a mistake. */
const INFLATED = { maxOutputLength: LIMITS.inflatedBytes };
const INFLATE: ReadonlyMap<unknown, (content: Buffer) => Buffer> = new Map([
  ['gzip', (content: Buffer) => gunzipSync(content, INFLATED)],
  ['zstd', (content: Buffer) => zstdDecompressSync(content, INFLATED)],
]);

export function encodeMessage(batch: Batch, compression: Compression): BatchMessage {
  const { headers, body } = encodeBatch(batch);
  return {
    body: COMPRESS[compression](body),
    properties: {
      headers,
      messageId: batch.id,
      contentType: 'application/vnd.penstock.batch',
      ...(compression !== 'none' && { contentEncoding: compression }),
      persistent: true,
      // A message that fits no queue is confirmed all the same; this way it comes back first.
      mandatory: true,
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = /^([0-9a-f]{2})+$/;

/**
 * What the ledger could not keep is refused here, so that one message of a stranger does not hold up a group for ever.
 *
 * @throws BatchFormatError if it is no batch that can be read here.
 */
export function decodeMessage({ content, properties }: DeliveredMessage): Batch {
  const body = inflate(content, properties.contentEncoding as unknown);
  const batch = decodeBatch(properties.headers ?? {}, body);
  if (!UUID.test(batch.id)) throw new BatchFormatError('the batchId is no UUID');
  if (batch.bodyHash !== null && !HEX.test(batch.bodyHash)) {
    throw new BatchFormatError('the bodyHash is not hexadecimal');
  }
  return batch;
}

/** Size of the batch for bounds on memory, without decoding it: no less than the message, no more than any batch has. */
export function sizeOf({ content, properties }: DeliveredMessage): number {
  const claimed: unknown = properties.headers?.['bytes'];
  if (typeof claimed !== 'number' || !(claimed > content.length)) return content.length;
  return Math.min(claimed, LIMITS.inflatedBytes);
}

/** Whether another version may read it, as its number of a schema says. */
export function isOfUnknownSchema({ properties }: DeliveredMessage): boolean {
  return isUnknownSchema(properties.headers?.['schema']);
}

/** Id of the batch where the message tells one that can be. */
export function batchIdOf({ properties }: DeliveredMessage): string | null {
  const id: unknown = properties.headers?.['batchId'] ?? properties.messageId;
  return typeof id === 'string' && UUID.test(id) ? id : null;
}

/** Number of events that the message claims, without reading them; 0 where it claims none. */
export function eventsOf({ properties }: DeliveredMessage): number {
  const count: unknown = properties.headers?.['count'];
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count < 2 ** 31
    ? count
    : 0;
}

/** Earlier deliveries of the message that ended without an answer. */
export function earlierDeliveries({ properties }: DeliveredMessage): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}

function inflate(content: Buffer, encoding: unknown): Buffer {
  if (encoding === undefined) return content;
  const inflateAs = INFLATE.get(encoding);
  if (inflateAs === undefined) {
    throw new BatchFormatError(`the content encoding ${JSON.stringify(encoding)} is not read here`);
  }
  try {
    return inflateAs(content);
  } catch (error) {
    throw new BatchFormatError(`the body is not ${JSON.stringify(encoding)}: ${messageOf(error)}`);
  }
}
