import type { EventPosition } from '#event';
import { MAX_CANDIDATES } from '#index';
import type { EventPredicate } from '#query';
import type { Step } from '../planner.ts';
import { inOrder, positionAfter } from '../position.ts';
import type { Found, Scan } from '../scan.ts';
import { lookUp } from './look-up.ts';
import type { Ending } from './merge.ts';

/** Some positions in order that may be matches, and whether more come after them. */
export interface PositionPage {
  readonly positions: readonly EventPosition[];
  readonly more: boolean;
}

export interface PositionSource {
  /** The next page after a position, of at most so many; null where it cannot be had. */
  next(after: EventPosition | null, limit: number): Promise<PositionPage | null>;
  /** Whether to go on after so many positions of which so many were matches. */
  isWorthIt(checked: number, matched: number): boolean;
}

/** How many positions are asked for first: as many as matches are wanted. */
export function firstPageSize({ limit }: Pick<Scan, 'limit'>): number {
  return Math.min(limit, MAX_CANDIDATES);
}

const MIN_PAGE = 64;
/** More than the share of matches promises, so that mostly one further page is enough. */
const MARGIN = 1.25;

/** As many as are likely to hold the matches that are still wanted. */
function nextPageSize(wanted: number, checked: number, matched: number): number {
  const share = Math.max(matched, 1) / checked;
  const size = Math.ceil(((wanted - matched) / share) * MARGIN);
  return Math.min(Math.max(size, MIN_PAGE), MAX_CANDIDATES);
}

/** Reads the events at positions that come page by page, and checks each: a page proposes, the predicate decides. */
export async function* checkPositions(
  scan: Scan,
  step: Step,
  holds: EventPredicate,
  source: PositionSource,
): AsyncGenerator<Found, Ending> {
  const compare = inOrder(scan.order);
  let { after } = scan;
  let size = firstPageSize(scan);
  for (let checked = 0, matched = 0; ;) {
    const page = await source.next(after, size);
    if (page === null) return 'broken';
    const events = (await lookUp(scan, step, page.positions)).filter(holds).sort(compare);
    const last = page.positions.at(-1);
    if (!page.more || last === undefined) {
      yield { events, upTo: positionAfter(step, scan.order) };
      return 'complete';
    }
    yield { events, upTo: last };
    after = last;
    checked += page.positions.length;
    matched += events.length;
    if (!source.isWorthIt(checked, matched)) return 'broken';
    size = nextPageSize(scan.limit, checked, matched);
  }
}
