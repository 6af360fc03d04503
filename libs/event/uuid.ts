import { createHash, randomBytes } from 'node:crypto';

import type { Clock } from './clock.ts';
import { MICROS_PER_MS } from './timestamp.ts';

/** Gives so many random bytes. */
export type RandomSource = (size: number) => Uint8Array;

/** A time-ordered identifier (RFC 9562, version 7): 48 bits of Unix milliseconds, the rest random. */
export function uuidv7(clock: Clock, random: RandomSource = randomBytes): string {
  const bytes = Buffer.alloc(16);
  bytes.set(random(10), 6);
  bytes.writeUIntBE(Math.floor(clock() / MICROS_PER_MS), 0, 6);
  return formatUuid(bytes, 7);
}

/**
 * The identifier of a name (RFC 9562, version 5): the same namespace and name always give the same one.
 *
 * @throws RangeError if the namespace is not a UUID.
 */
export function uuidv5(namespace: string, name: string): string {
  const namespaceBytes = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  if (namespaceBytes.length !== 16) throw new RangeError(`"${namespace}" is not a UUID`);
  const digest = createHash('sha1').update(namespaceBytes).update(name, 'utf8').digest();
  return formatUuid(digest.subarray(0, 16), 5);
}

function formatUuid(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}
