import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from './problem.ts';

/**
 * Problem details for a request that fails before any route is found, such as a path that cannot be decoded.
 * For Fastify's option `frameworkErrors`, which is set where the server is made.
 */
export function answerFrameworkError(
  error: Readonly<{ statusCode?: number; message: string }>,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { document } = new Problem(error.statusCode ?? 400, 'bad-request', error.message);
  void reply
    .status(document.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(JSON.stringify(document));
}
