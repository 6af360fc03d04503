import type { FastifyInstance } from 'fastify';
import { answerOperations, OPERATIONS_PATHS, type OperationsParts } from '../operations.ts';

/** Health for probes, and the metrics, on a server that has calls of its own too. */
export function operationsRoutes(
  parts: OperationsParts,
): (scope: FastifyInstance) => Promise<void> {
  return (scope) => {
    for (const path of OPERATIONS_PATHS) {
      scope.get(path, async (_request, reply) => {
        const { status, headers, body } = await answerOperations(path, parts);
        return reply.code(status).headers(headers).send(body);
      });
    }
    return Promise.resolve();
  };
}
