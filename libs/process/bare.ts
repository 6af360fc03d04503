/**
 * A process without calls of its own and without a store: what it needs brings neither Fastify nor a client of any
 * backend into its memory. All else is in index.ts.
 */
export { serveOperations, type OperationsServer } from './http/operations-server.ts';
export { nestOptions } from './nest-options.ts';
export { openWhenReachable, type OpeningOptions } from './open-when-reachable.ts';
export { runProcess, type ProcessContext, type StartProcess } from './run-process.ts';
export { StartupError } from './startup-error.ts';
