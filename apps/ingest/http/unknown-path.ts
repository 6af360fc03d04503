import type { FastifyInstance } from 'fastify';
import { problem } from '#problem';

/** Characters of a path that a message repeats. */
const LONGEST_PATH = 200;

/** What ingest alone does not serve: problem details like every other answer. */
export function answerUnknownPaths(server: FastifyInstance): void {
  server.all('/*', async (request, reply) => {
    const path = (request.url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
    const detail = `Ingest has no call ${request.method} ${path}; searches go to the gateway.`;
    const { status, headers, body } = problem(404, 'not-found', detail);
    return reply.code(status).headers(headers).send(body);
  });
}
