import { createHash } from 'node:crypto';
import type { EventPosition } from '#event';
import type { Query } from '#query';
import type { Order } from './search-service.ts';

/** What a cursor belongs to. */
export interface CursorScope {
  readonly query: Query;
  readonly order: Order;
}

/** A cursor that this service did not make, or made for another query or the other order. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly code = 'invalid-cursor';
  readonly permanent = true;

  constructor(reason: string) {
    super(`The cursor is not valid: ${reason}.`);
  }
}

const VERSION = '2';
const SHAPE = /^2\.(asc|desc)\.([\w-]{8})\.(\d{1,16})\.(\d{1,16})\.(\d{1,16})$/;
const FINGERPRINT_LENGTH = 8;

/** What has been answered ends at this position, inclusive, whether an event is there or not. */
export function encodeCursor(position: EventPosition, { query, order }: CursorScope): string {
  const { timestamp, groupSeq, ordinal } = position;
  const text = [VERSION, order, fingerprint(query), timestamp, groupSeq, ordinal].join('.');
  return Buffer.from(text, 'latin1').toString('base64url');
}

/** @throws InvalidCursorError */
export function decodeCursor(cursor: string, { query, order }: CursorScope): EventPosition {
  const match = SHAPE.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw new InvalidCursorError('it was not made by this service');
  if (match[1] !== order) throw new InvalidCursorError(`it belongs to the order ${match[1] ?? ''}`);
  if (match[2] !== fingerprint(query)) throw new InvalidCursorError('it belongs to another query');
  const [timestamp, groupSeq, ordinal] = match.slice(3).map(Number);
  if (![timestamp, groupSeq, ordinal].every(Number.isSafeInteger)) {
    throw new InvalidCursorError('a number in it is too large');
  }
  return { timestamp, groupSeq, ordinal } as EventPosition;
}

/**
 * Tells queries apart. Times are left out of it: relative ones (`timestamp:>-15m`) are others at the next page, and a
 * position means the same in any range. So are `from` and `to`.
 */
function fingerprint(query: Query): string {
  const text = JSON.stringify(query, (_key, value: unknown) =>
    isTimeTerm(value) ? 'time' : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, FINGERPRINT_LENGTH);
}

function isTimeTerm(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'time';
}
