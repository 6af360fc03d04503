import type { EventPosition } from '#event';
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

/** The next page after a position, of at most so many; null where it cannot be had. */
export type NextPage = (after: EventPosition | null, limit: number) => Promise<PositionPage | null>;

/** Positions fetched at once, at most; first as many as matches are wanted. */
const MAX_POSITIONS = 1_000;
const GROWTH = 4;

/** Reads the events at positions that come page by page, and checks each: a page proposes, the predicate decides. */
export async function* checkPositions(
  scan: Scan,
  step: Step,
  holds: EventPredicate,
  nextPage: NextPage,
): AsyncGenerator<Found, Ending> {
  const compare = inOrder(scan.order);
  let after = scan.after;
  for (let limit = Math.min(scan.limit, MAX_POSITIONS); ; limit *= GROWTH) {
    const page = await nextPage(after, Math.min(limit, MAX_POSITIONS));
    if (page === null) return 'broken';
    const events = (await lookUp(scan, step, page.positions)).filter(holds).sort(compare);
    const last = page.positions.at(-1);
    if (!page.more || last === undefined) {
      yield { events, upTo: positionAfter(step, scan.order) };
      return 'complete';
    }
    yield { events, upTo: last };
    after = last;
  }
}
