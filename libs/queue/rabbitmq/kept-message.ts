import type { MessagePropertyHeaders } from 'amqplib';
import { BatchFormatError, type Batch } from '#event';
import { decodeMessage, type DeliveredMessage } from './message.ts';

/*
 * A message as bytes that tell all of it, so that another version can read what this one cannot: a line of JSON with
 * its headers and its content encoding, then its content as base64.
 */

/** No event that was quarantined begins so. */
const BEGIN = Buffer.from('{"penstockMessage":');
const LINE_BREAK = 0x0a;

interface KeptHead {
  readonly penstockMessage: {
    readonly headers: MessagePropertyHeaders;
    readonly contentEncoding: unknown;
  };
}

export function keepMessage({ content, properties }: DeliveredMessage): Buffer {
  const { headers = {} } = properties;
  const head: KeptHead = {
    penstockMessage: {
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => isOfBatch(name))),
      contentEncoding: properties.contentEncoding as unknown,
    },
  };
  return Buffer.from(`${JSON.stringify(head)}\n${content.toString('base64')}`);
}

/** The others are what brokers note: how often it was delivered, where it was. */
function isOfBatch(header: string): boolean {
  return !header.startsWith('x-');
}

export function isKeptMessage(bytes: Buffer): boolean {
  return bytes.subarray(0, BEGIN.length).equals(BEGIN);
}

/** @throws BatchFormatError where it is none, or one that cannot be read here either */
export function readKeptMessage(bytes: Buffer): Batch {
  const end = bytes.indexOf(LINE_BREAK);
  const head = end < 0 ? null : parseHead(bytes.toString('utf8', 0, end));
  if (head === null) throw new BatchFormatError('the bytes are no message that was kept');
  const content = Buffer.from(bytes.toString('latin1', end + 1), 'base64');
  return decodeMessage({ content, properties: head.penstockMessage });
}

function parseHead(line: string): KeptHead | null {
  try {
    const value: unknown = JSON.parse(line);
    return isHead(value) ? value : null;
  } catch {
    return null;
  }
}

function isHead(value: unknown): value is KeptHead {
  return isObject(value) && isObject(value['penstockMessage']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
