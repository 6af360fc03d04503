import { eventId, type EventPosition, type StoredEvent } from '#event';
import { inOrder } from '../position.ts';
import type { Found } from '../scan.ts';
import type { Order } from '../search-service.ts';

/** How a reading ended: `broken` where what it reads from does not answer any more. */
export type Ending = 'complete' | 'broken';

/** One of several readings of the same stretch of time, each in order. They may find the same event. */
export type Reading = AsyncGenerator<Found, Ending | undefined>;

/** Reads everything after a position. */
export type ReadInstead = (after: EventPosition | null) => AsyncGenerator<Found>;

interface Source {
  readonly reading: Reading;
  held: readonly StoredEvent[];
  /** Null before the first answer. */
  upTo: EventPosition | null;
  done: boolean;
}

/**
 * Merges readings into one, in order, each event once. The one that is furthest behind is asked next, so what is
 * found first is given first and nothing is read that is not needed. They take turns, for they share a connection.
 * As soon as one is broken, `instead` goes on from where everything has been given.
 */
export async function* mergeReadings(
  order: Order,
  end: EventPosition,
  readings: readonly Reading[],
  instead: ReadInstead,
): AsyncGenerator<Found> {
  const compare = inOrder(order);
  const sources = readings.map((reading): Source => newSource(reading));
  let given: EventPosition | null = null;
  try {
    for (;;) {
      const behind = furthestBehind(sources, compare);
      if (behind === null) break;
      if ((await advance(behind)) === 'broken') {
        yield* instead(given);
        return;
      }
      const upTo = furthestBehind(sources, compare)?.upTo;
      if (upTo === null || upTo === undefined) continue;
      if (given !== null && compare(upTo, given) <= 0) continue;
      yield { events: take(sources, upTo, compare), upTo };
      given = upTo;
    }
    yield { events: take(sources, end, compare), upTo: end };
  } finally {
    for (const { reading } of sources) await reading.return(undefined);
  }
}

type Compare = (a: EventPosition, b: EventPosition) => number;

function newSource(reading: Reading): Source {
  return { reading, held: [], upTo: null, done: false };
}

/** Of those that are not done; null when all are. */
function furthestBehind(sources: readonly Source[], compare: Compare): Source | null {
  let behind: Source | null = null;
  for (const source of sources) {
    if (source.done) continue;
    if (source.upTo === null) return source;
    if (behind?.upTo == null || compare(source.upTo, behind.upTo) < 0) behind = source;
  }
  return behind;
}

async function advance(source: Source): Promise<Ending | undefined> {
  const next = await source.reading.next();
  if (next.done === true) {
    source.done = true;
    return next.value;
  }
  source.held = [...source.held, ...next.value.events];
  source.upTo = next.value.upTo;
  return undefined;
}

/** Takes what all sources together hold up to a position out of them. */
function take(sources: readonly Source[], upTo: EventPosition, compare: Compare): StoredEvent[] {
  const taken = new Map<string, StoredEvent>();
  for (const source of sources) {
    const ready = source.held.filter((event) => compare(event, upTo) <= 0);
    source.held = source.held.slice(ready.length);
    for (const event of ready) taken.set(eventId(event), event);
  }
  return [...taken.values()].sort(compare);
}
