import type { ColumnarStatement, SegmentFiles } from '#columnar';
import type { EventPosition } from '#event';
import { EVENT_COLUMNS } from '#store';
import { allOf, type EventFilter } from '../event-filter.ts';
import { afterSql, orderSql, timeSql } from '../position.ts';
import type { Order } from '../search-service.ts';
import type { TimeRange } from '../time-range.ts';

/** `EVENT_COLUMNS` as text, as `decodeEvent` reads them. */
export const EVENT_TEXTS = EVENT_COLUMNS.split(', ')
  .map((column) => `${column}::VARCHAR`)
  .join(', ');

/** What of the files of a segment a statement is about. */
export interface ColumnarPart {
  readonly files: SegmentFiles;
  /** Without overlap. */
  readonly windows: readonly TimeRange[];
  readonly filter: EventFilter;
  /** Only what comes after this, in the order. */
  readonly after?: { readonly position: EventPosition; readonly order: Order } | null;
  /** A further condition. */
  readonly extra?: string | null;
}

/** A statement over the events of some windows, which are an expression in `write`. */
export function columnarStatement(
  part: ColumnarPart,
  write: (events: string) => string,
): ColumnarStatement {
  const { files, windows, filter, after, extra } = part;
  return {
    files,
    windows,
    values: filter.values,
    sql: (relation) => {
      const arms = windows.map((window) => {
        const where = allOf([
          `ts >= ${timeSql(window.from)} AND ts < ${timeSql(window.to)}`,
          after == null ? null : afterSql(after.position, after.order),
          extra ?? null,
          filter.sql,
        ]);
        return `SELECT * FROM ${relation(window)}${where}`;
      });
      return write(`(${arms.join(' UNION ALL ')})`);
    },
  };
}

/** The first events of the part in order, at most `limit`; null is all. */
export function orderedEvents(
  part: ColumnarPart,
  order: Order,
  limit: number | null,
): ColumnarStatement {
  const cut = limit === null ? '' : ` LIMIT ${limit}`;
  return columnarStatement(
    part,
    (events) => `SELECT ${EVENT_TEXTS} FROM (
      SELECT * FROM ${events} ${orderSql(order)}${cut}) ${orderSql(order)}`,
  );
}
