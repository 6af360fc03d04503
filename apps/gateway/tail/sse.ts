import type { Tail, TailedEvent } from '#search';

import { hitJson } from '../hits/hit-json.ts';

const PIECE_CHARACTERS = 64 * 1024;

/** One event as a server-sent event; its id is the position to resume after it. */
function sseFrame({ position, event }: TailedEvent): string {
  return `id: ${position}\ndata: ${hitJson(event)}\n\n`;
}

/** The text of a tail's events, in pieces of some size. */
export async function* tailText({ events }: Tail): AsyncGenerator<string> {
  for await (const page of events) yield* pieces(page);
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
