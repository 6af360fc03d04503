import type { EventPosition } from '#event';
import type { Order } from './search-service.ts';

/** A cursor that this service did not make, or made for the other order. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  readonly code = 'invalid-cursor';
  readonly permanent = true;

  constructor(reason: string) {
    super(`The cursor is not valid: ${reason}.`);
  }
}

const VERSION = '1';
const SHAPE = /^1\.(asc|desc)\.(\d{1,16})\.(\d{1,16})\.(\d{1,16})$/;

/** What has been answered ends at this position, inclusive, whether an event is there or not. */
export function encodeCursor(position: EventPosition, order: Order): string {
  const text = [VERSION, order, position.timestamp, position.groupSeq, position.ordinal].join('.');
  return Buffer.from(text, 'latin1').toString('base64url');
}

/** @throws InvalidCursorError */
export function decodeCursor(cursor: string, order: Order): EventPosition {
  const match = SHAPE.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw new InvalidCursorError('it was not made by this service');
  if (match[1] !== order) throw new InvalidCursorError(`it belongs to the order ${match[1] ?? ''}`);
  const [timestamp, groupSeq, ordinal] = match.slice(2).map(Number);
  if (![timestamp, groupSeq, ordinal].every(Number.isSafeInteger)) {
    throw new InvalidCursorError('a number in it is too large');
  }
  return { timestamp, groupSeq, ordinal } as EventPosition;
}
