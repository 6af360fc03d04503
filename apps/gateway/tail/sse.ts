import type { Tail, TailedEvent } from '#search';

import { hitJson } from '../hits/hit-json.ts';

/** How long a browser waits before it connects again, in ms. */
const RETRY_MS = 1_000;
const PIECE_CHARACTERS = 64 * 1024;

/**
 * What a tail sends before anything else, so that the client knows at once that it is connected, and from where to
 * resume if it is cut off before its first event.
 */
export function sseGreeting({ start }: Tail): string {
  return `: connected\nretry: ${RETRY_MS}\nid: ${start}\n\n`;
}

const HEARTBEAT = ': still here\n\n';

/** One event as a server-sent event; its id is the position to resume after it. */
export function sseFrame({ position, event }: TailedEvent): string {
  return `id: ${position}\ndata: ${hitJson(event)}\n\n`;
}

/**
 * The text of a tail: the greeting, each event as a frame, and a comment whenever nothing was sent for
 * `heartbeatMs`, which keeps proxies from closing the connection and finds out that a client is gone.
 */
export async function* sseFrames(tail: Tail, heartbeatMs: number): AsyncGenerator<string> {
  yield sseGreeting(tail);
  const pages = tail.events[Symbol.asyncIterator]();
  let page = pages.next();
  try {
    for (;;) {
      const next = await settledWithin(page, heartbeatMs);
      if (next === null) {
        yield HEARTBEAT;
        continue;
      }
      if (next.done === true) return;
      yield* pieces(next.value);
      page = pages.next();
    }
  } finally {
    await pages.return?.();
  }
}

function* pieces(events: readonly TailedEvent[]): Generator<string> {
  let piece = '';
  for (const event of events) {
    piece += sseFrame(event);
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** The promise's value, or null when it takes longer. */
async function settledWithin<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
