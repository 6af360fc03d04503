import type { EventPosition } from '#event';
import { EVENT_COLUMNS } from '#store';
import { allOf, type EventFilter } from './event-filter.ts';
import type { Step } from './planner.ts';
import { afterSql, orderSql, timeSql } from './position.ts';
import type { Order } from './search-service.ts';
import type { TimeRange } from './time-range.ts';

/** A part of a step's time that one statement reads, as one arm among others. */
export interface Piece extends TimeRange {
  readonly step: Step;
}

/** The piece's bounds as a condition, or null where it is the whole partition. */
export function boundsSql(piece: Piece): string | null {
  const { segment } = piece.step;
  const bounds = [
    piece.from > segment.start ? `ts >= ${timeSql(piece.from)}` : null,
    piece.to < segment.end ? `ts < ${timeSql(piece.to)}` : null,
  ].filter((bound) => bound !== null);
  return bounds.length === 0 ? null : bounds.join(' AND ');
}

export function relationSql(piece: Piece): string {
  return `"${piece.step.segment.relation}"`;
}

/**
 * Reads the first `limit` matches of all pieces, which are in order and do not overlap. Each arm is in the order of
 * its index, and an Append runs its arms one after the other, so later pieces are not touched once there are enough.
 */
export function orderedSql(
  pieces: readonly Piece[],
  filter: EventFilter,
  order: Order,
  after: EventPosition | null,
  limit: number,
): string {
  const arms = pieces.map((piece) => {
    const within = after !== null && after.timestamp >= piece.from && after.timestamp < piece.to;
    const where = allOf([boundsSql(piece), within ? afterSql(after, order) : null, filter.sql]);
    return `(SELECT ${EVENT_COLUMNS} FROM ${relationSql(piece)}${where} ${orderSql(order)} LIMIT ${limit})`;
  });
  return arms.length === 1 ? (arms[0] ?? '') : `${arms.join(' UNION ALL ')} LIMIT ${limit}`;
}
