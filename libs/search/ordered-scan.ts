import { decodeEvent } from '#store';
import type { EventPosition } from '#event';
import { orderedSql, type Piece } from './piece.ts';
import type { Step } from './planner.ts';
import { positionAfter } from './position.ts';
import type { Found, Scan } from './scan.ts';
import { TimeSlicer } from './time-slicer.ts';

/** A slice that is faster lets the next one be larger. */
const FAST_MS = 25;
const GOOD_MS = 150;
const SLOW_MS = 500;
/** Rows fetched at once where each must be checked here. */
const CHECKED_ROWS = 2_000;

/** Reads steps in the order of the index, slice by slice; the size of a slice follows how long they take. */
export async function* scanOrdered(scan: Scan, steps: readonly Step[]): AsyncGenerator<Found> {
  const slicer = new TimeSlicer(steps, scan.order);
  let units = scan.firstUnits;
  while (!slicer.done) {
    const pieces = slicer.take(units);
    const startedMs = scan.deadline.elapsedMs;
    yield* readPieces(scan, pieces);
    units *= growth(scan.deadline.elapsedMs - startedMs);
  }
}

/** Adjacent pieces in order; all that is between them counts as read too. */
export async function* readPieces(scan: Scan, pieces: readonly Piece[]): AsyncGenerator<Found> {
  const last = pieces.at(-1);
  if (last === undefined) return;
  const end = positionAfter(last, scan.order);
  const pageRows = scan.filter.check === null ? scan.limit : Math.max(scan.limit, CHECKED_ROWS);
  let after: EventPosition | null = scan.after;
  for (let rest = pieces; rest.length > 0;) {
    const { events, lastRow } = await readPage(scan, rest, after, pageRows);
    if (lastRow === null) {
      yield { events, upTo: end };
      return;
    }
    yield { events, upTo: lastRow };
    after = lastRow;
    rest = piecesAfter(rest, lastRow);
  }
}

/** One page of rows; `lastRow` is null where the pieces hold no more. */
async function readPage(
  scan: Scan,
  pieces: readonly Piece[],
  after: EventPosition | null,
  pageRows: number,
) {
  const { snapshot, filter, order } = scan;
  await snapshot.steer('ordered', scan.deadline.statementTimeoutMs);
  const rows = await snapshot.rows(
    orderedSql(pieces, filter, order, after, pageRows),
    filter.values,
  );
  const read = rows.map(decodeEvent);
  const { check } = filter;
  return {
    events: check === null ? read : read.filter((event) => check(event)),
    lastRow: read.length < pageRows ? null : (read.at(-1) ?? null),
  };
}

function piecesAfter(pieces: readonly Piece[], position: EventPosition): readonly Piece[] {
  const at = pieces.findIndex(
    (piece) => position.timestamp >= piece.from && position.timestamp < piece.to,
  );
  return pieces.slice(Math.max(at, 0));
}

/** How much larger the next slice may be. */
export function growth(elapsedMs: number): number {
  if (elapsedMs < FAST_MS) return 4;
  if (elapsedMs < GOOD_MS) return 2;
  return elapsedMs > SLOW_MS ? 0.5 : 1;
}
