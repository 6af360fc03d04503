import type { FastifyInstance } from 'fastify';
import { problem } from '#delivery';
import type { Telemetry } from '#telemetry';

/** Why the server should get no requests now; null when it should. */
export type ReadinessCheck = () => string | null | Promise<string | null>;

/** Health for probes, and the metrics. */
export function operationsRoutes(
  telemetry: Telemetry,
  checks: readonly ReadinessCheck[],
): (scope: FastifyInstance) => Promise<void> {
  return (scope) => {
    scope.get('/health/live', () => ({ status: 'ok' }));
    scope.get('/health/ready', async (_request, reply) => {
      const answers = await Promise.all(checks.map(async (check) => await check()));
      const reasons = answers.filter((reason) => reason !== null);
      if (reasons.length === 0) return { status: 'ok' };
      const answer = problem(503, 'not-ready', reasons.join('; '));
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    });
    scope.get('/metrics', async (_request, reply) => {
      const text = await telemetry.metrics();
      return reply.header('content-type', telemetry.registry.contentType).send(text);
    });
    return Promise.resolve();
  };
}
