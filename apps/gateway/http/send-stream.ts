import { Readable } from 'node:stream';

import type { FastifyReply, FastifyRequest } from 'fastify';

const BUFFERED_BYTES = 64 * 1024;

/**
 * Sends pieces of text as they come, no faster than the client reads. When the source fails midway the connection
 * is closed without the end of the answer, so that a client cannot take a part for the whole.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncGenerator<string>,
): Promise<void> {
  if (request.method === 'HEAD') {
    await pieces.return(undefined);
    await reply.send();
    return;
  }
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
 * Waits for the first item, so that what fails at the start (a bad cursor, a store that is away) can still
 * become an error status instead of a broken stream.
 */
export async function startedSource<T>(source: AsyncIterable<T>): Promise<AsyncGenerator<T>> {
  const iterator = source[Symbol.asyncIterator]();
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
