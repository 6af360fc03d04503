import type { Telemetry } from '#telemetry';
import { problem } from '#problem';
import type { DependencyHealth } from './dependency-health.ts';

/** What every process shows about itself. */
export interface OperationsParts {
  readonly telemetry: Telemetry;
  readonly health: DependencyHealth;
}

export interface OperationsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The calls for probes and for Prometheus. */
export const OPERATIONS_PATHS = ['/health/live', '/health/ready', '/metrics'] as const;

export type OperationsPath = (typeof OPERATIONS_PATHS)[number];

/** Answers one of the calls; `/health/ready` is 503 while the process should get no requests, with the same body. */
export async function answerOperations(
  path: OperationsPath,
  { telemetry, health }: OperationsParts,
): Promise<OperationsAnswer> {
  switch (path) {
    case '/health/live':
      return json(200, { status: 'ok' });
    case '/health/ready': {
      const readiness = health.readiness();
      return json(readiness.ready ? 200 : 503, readiness);
    }
    case '/metrics':
      return {
        status: 200,
        headers: { 'content-type': telemetry.registry.contentType },
        body: await telemetry.metrics(),
      };
  }
}

/** Of a path that a process without calls of its own, or one that only starts, does not serve. */
export function answerElsewhere({ health }: OperationsParts): OperationsAnswer {
  if (health.readiness().reason === null)
    return problem(404, 'not-found', `There are only ${OPERATIONS_PATHS.join(', ')} here.`);
  return problem(503, 'starting', 'The process is starting; try again soon.', {
    headers: { 'retry-after': '1' },
  });
}

export function isOperationsPath(path: string): path is OperationsPath {
  return OPERATIONS_PATHS.some((known) => known === path);
}

function json(status: number, value: object): OperationsAnswer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  return { status, headers, body: JSON.stringify(value) };
}
