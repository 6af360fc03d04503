import type { StoredEvent } from '#event';
import { inOrder } from './position.ts';
import type { Order } from './search-service.ts';

interface Source {
  readonly pages: AsyncGenerator<readonly StoredEvent[]>;
  held: readonly StoredEvent[];
  done: boolean;
}

/** Merges streams of pages, each in order, into one in order. A page is read when it is needed. */
export async function* mergeOrdered(
  order: Order,
  readings: readonly AsyncGenerator<readonly StoredEvent[]>[],
): AsyncGenerator<readonly StoredEvent[]> {
  const compare = inOrder(order);
  const sources = readings.map((pages): Source => ({ pages, held: [], done: false }));
  try {
    for (;;) {
      for (const source of sources) await fill(source);
      const held = sources.filter((source) => source.held.length > 0);
      if (held.length === 0) return;
      // Nothing comes before the first of the pages' last events.
      const ends = held.map((source) => source.held.at(-1) as StoredEvent);
      const upTo = ends.reduce((first, end) => (compare(end, first) < 0 ? end : first));
      const ready = held.flatMap((source) => {
        const count = source.held.findIndex((event) => compare(event, upTo) > 0);
        const taken = count === -1 ? source.held : source.held.slice(0, count);
        source.held = source.held.slice(taken.length);
        return [...taken];
      });
      yield held.length === 1 ? ready : ready.sort(compare);
    }
  } finally {
    for (const { pages } of sources) await pages.return(undefined);
  }
}

async function fill(source: Source): Promise<void> {
  while (source.held.length === 0 && !source.done) {
    const next = await source.pages.next();
    if (next.done === true) source.done = true;
    else source.held = next.value;
  }
}
