import type { Pool } from 'pg';
import type { Query } from '#query';
import { newestCommit } from '#store';
import type { Tail, TailedEvent } from '../search-service.ts';
import { Subscriber } from './subscriber.ts';
import { decodeTailPosition, encodeTailPosition, WHOLE_GROUP } from './tail-position.ts';
import type { TailPoller } from './tail-poller.ts';

/**
 * Events in the order of their commits, each once, from after `position` or from now, until the signal aborts.
 *
 * @throws InvalidCursorError for a position that is none
 */
export async function openTail(
  pool: Pool,
  poller: TailPoller,
  query: Query,
  position: string | null,
  signal: AbortSignal,
): Promise<Tail> {
  const start =
    position === null
      ? { commitSeq: await newestCommit(pool), ordinal: WHOLE_GROUP }
      : decodeTailPosition(position);
  signal.throwIfAborted();
  const subscriber = new Subscriber(query, start);
  poller.add(subscriber);
  // Also where nobody ever reads: a generator that was not begun skips its `finally`.
  const onAbort = (): void => {
    poller.remove(subscriber);
    subscriber.fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const end = (): void => {
    signal.removeEventListener('abort', onAbort);
    poller.remove(subscriber);
  };
  return { start: encodeTailPosition(start), events: read(subscriber, end) };
}

async function* read(
  subscriber: Subscriber,
  end: () => void,
): AsyncGenerator<readonly TailedEvent[]> {
  try {
    for (;;) yield await subscriber.take();
  } finally {
    end();
  }
}
