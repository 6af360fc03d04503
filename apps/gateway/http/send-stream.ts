import { Readable } from 'node:stream';

import type { FastifyReply } from 'fastify';

const BUFFERED_BYTES = 64 * 1024;

/**
 * Sends pieces of text as they come, no faster than the client reads. When the source fails midway the connection
 * is closed without the end of the answer, so that a client cannot take a part for the whole.
 */
export async function sendStream(
  reply: FastifyReply,
  pieces: AsyncGenerator<string>,
): Promise<void> {
  const stream = Readable.from(encoded(pieces), {
    objectMode: false,
    highWaterMark: BUFFERED_BYTES,
  });
  // Fastify destroys the stream when the response closes early, which ends the source.
  await reply.send(stream);
}

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) if (piece !== '') yield Buffer.from(piece);
}

/**
 * Ends a source that has begun when its response closes. What reads from it is no help there: a generator that was
 * never asked for anything skips its `finally`, and the source would keep its connection to the store for good.
 */
function endWithResponse(reply: FastifyReply, source: AsyncIterator<unknown>): void {
  const end = (): void => {
    source.return?.().catch(() => undefined);
  };
  if (reply.raw.destroyed) end();
  else reply.raw.once('close', end);
}

/**
 * Waits for the first item, so that what fails at the start (a bad cursor, a store that is away) can still
 * become an error status instead of a broken stream. The source ends with the response.
 */
export async function startedSource<T>(
  reply: FastifyReply,
  source: AsyncIterable<T>,
): Promise<AsyncGenerator<T>> {
  const iterator = source[Symbol.asyncIterator]();
  endWithResponse(reply, iterator);
  const first = await iterator.next();
  return resume(first, iterator);
}

async function* resume<T>(first: IteratorResult<T>, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let item = first; item.done !== true; item = await iterator.next()) yield item.value;
  } finally {
    await iterator.return?.();
  }
}
