import type { FastifyReply } from 'fastify';

/** The reason of an abort that the client caused by going away: nobody is left to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('the client closed the connection before the answer was complete');
  }
}

/** Aborts when the client goes away before its answer is complete, so that no work goes on for nobody. */
export function requestSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const response = reply.raw;
  const onClose = (): void => {
    if (!response.writableFinished) controller.abort(new ClientGoneError());
  };
  if (response.destroyed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}
