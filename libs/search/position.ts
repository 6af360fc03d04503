import { comparePositions, formatTimestamp, type EventPosition, type Micros } from '#event';
import type { Order } from './search-service.ts';
import type { TimeRange } from './time-range.ts';

const LAST_GROUP = Number.MAX_SAFE_INTEGER;
const LAST_ORDINAL = 2_147_483_647;

/** The position after which, in order, everything within the range still comes: nothing of it is read yet. */
export function positionBefore(range: TimeRange, order: Order): EventPosition {
  return order === 'asc' ? firstAt(range.from) : lastAt(range.to - 1);
}

/** The position at which, in order, everything within the range has been read. */
export function positionAfter(range: TimeRange, order: Order): EventPosition {
  return order === 'asc' ? lastAt(range.to - 1) : firstAt(range.from);
}

/** Before all events of a time: groups are numbered from 1. */
function firstAt(timestamp: Micros): EventPosition {
  return { timestamp, groupSeq: 0, ordinal: 0 };
}

function lastAt(timestamp: Micros): EventPosition {
  return { timestamp, groupSeq: LAST_GROUP, ordinal: LAST_ORDINAL };
}

/** Compares positions so that what an answer shows first is smaller. */
export function inOrder(order: Order): (a: EventPosition, b: EventPosition) => number {
  return order === 'asc' ? comparePositions : (a, b) => comparePositions(b, a);
}

/** What of the range can still come after the position. */
export function remainder(range: TimeRange, after: EventPosition | null, order: Order): TimeRange {
  if (after === null) return range;
  return order === 'asc'
    ? { from: Math.max(range.from, after.timestamp), to: range.to }
    : { from: range.from, to: Math.min(range.to, after.timestamp + 1) };
}

/** SQL: the row comes after the position. */
export function afterSql(after: EventPosition, order: Order): string {
  const operator = order === 'asc' ? '>' : '<';
  return `(ts, group_seq, ordinal) ${operator} (${timeSql(after.timestamp)}, ${after.groupSeq}, ${after.ordinal})`;
}

export function orderSql(order: Order): string {
  return `ORDER BY ts ${order}, group_seq ${order}, ordinal ${order}`;
}

export function timeSql(timestamp: Micros): string {
  return `'${formatTimestamp(timestamp)}'::timestamptz`;
}
