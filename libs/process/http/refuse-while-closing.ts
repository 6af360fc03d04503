import type { FastifyInstance } from 'fastify';
import { overloaded } from '#delivery';

const RETRY_AFTER_MS = 1_000;

/**
 * Requests on connections that are still open while the server closes are told to come again: by then another process
 * answers, or this one has restarted. Fastify's own answer says neither when nor why, so it is switched off
 * (`return503OnClosing`).
 */
export function refuseWhileClosing(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  server.addHook('onRequest', async (_request, reply) => {
    if (!isClosing) return;
    const detail = 'The server is shutting down; try again soon.';
    const { status, headers, body } = overloaded('draining', detail, RETRY_AFTER_MS);
    await reply.code(status).headers(headers).send(body);
  });
}
