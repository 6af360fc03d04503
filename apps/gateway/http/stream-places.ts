import type { FastifyReply, FastifyRequest } from 'fastify';

import { Admission } from './admission.ts';

/** Bounds the answers of one kind that are streamed at the same time. Nobody waits for a place. */
export class StreamPlaces {
  private readonly admission: Admission;

  constructor(what: string, places: number) {
    this.admission = new Admission(what, { running: places, waiting: 0, waitMs: 0 });
  }

  /**
   * Takes a place until the response closes. False where only the headers were asked for; they are sent then. Rejects
   * with a 503 `Problem` when there is no place.
   */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (request.method === 'HEAD') {
      await reply.headers(headers).send();
      return false;
    }
    reply.raw.once('close', await this.admission.enter(signal));
    return true;
  }
}
