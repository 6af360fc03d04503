import type { ParsedEvent } from './log-event.ts';
import type { Micros } from './timestamp.ts';

/**
 * The place of an event in the one order of the product: `(timestamp, groupSeq, ordinal)`.
 * Rows with equal timestamps keep the order in which they were sent.
 */
export interface EventPosition {
  readonly timestamp: Micros;
  readonly groupSeq: number;
  readonly ordinal: number;
}

/** An event as the store gives it back. Its public id is `<groupSeq>-<ordinal>`. */
export interface StoredEvent extends ParsedEvent, EventPosition {}

export function eventId(position: Pick<EventPosition, 'groupSeq' | 'ordinal'>): string {
  return `${position.groupSeq}-${position.ordinal}`;
}

export function comparePositions(a: EventPosition, b: EventPosition): number {
  return a.timestamp - b.timestamp || a.groupSeq - b.groupSeq || a.ordinal - b.ordinal;
}
