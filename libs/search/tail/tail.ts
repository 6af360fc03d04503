import type { Pool } from 'pg';
import type { Query } from '#query';
import { newestCommit } from '#store';
import type { TailedEvent } from '../search-service.ts';
import { Subscriber } from './subscriber.ts';
import { decodeTailPosition, WHOLE_GROUP } from './tail-position.ts';
import type { TailPoller } from './tail-poller.ts';

/**
 * Events in the order of their commits, each once, from after `position` or from now, until the signal aborts.
 *
 * @throws InvalidCursorError for a position that is none, at the first read
 */
export async function* tailEvents(
  pool: Pool,
  poller: TailPoller,
  query: Query,
  position: string | null,
  signal: AbortSignal,
): AsyncGenerator<readonly TailedEvent[]> {
  signal.throwIfAborted();
  const start =
    position === null
      ? { commitSeq: await newestCommit(pool), ordinal: WHOLE_GROUP }
      : decodeTailPosition(position);
  const subscriber = new Subscriber(query, start);
  const onAbort = (): void => {
    subscriber.fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  poller.add(subscriber);
  try {
    signal.throwIfAborted();
    for (;;) yield await subscriber.take();
  } finally {
    signal.removeEventListener('abort', onAbort);
    poller.remove(subscriber);
  }
}
