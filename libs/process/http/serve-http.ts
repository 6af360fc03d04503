import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ClosingSteps } from '../closing-steps.ts';
import type { OperationsParts } from '../operations.ts';
import { openToNetwork } from '../telemetry.ts';
import { isLoopback, listen, urlOf, type ListenOptions } from './listen.ts';
import { createServer } from './server.ts';
import type { ServerTls } from './tls/server-tls.ts';

export interface HttpOptions extends ListenOptions {
  /** Null: HTTP. */
  readonly tls: ServerTls | null;
  /** Host names that are served beside addresses, localhost and `host`. */
  readonly allowedHosts: readonly string[];
  /** What anybody who reaches the address can do, as words after "can"; null: nothing. */
  readonly anybodyMay: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-*` are believed. */
  readonly trustedProxies?: readonly string[];
  /** Longest time for what was admitted to be finished at the end, in ms. */
  readonly closeMs: number;
  /** Runs before the application is initialised. */
  readonly configure?: (app: NestFastifyApplication) => Promise<void>;
  /** Runs after it is initialised, before it listens. */
  readonly beforeListen?: (app: NestFastifyApplication) => Promise<void>;
}

/** Serves a Nest module over HTTP, with health and metrics, and resolves with its address. */
export async function serveHttp(
  module: DynamicModule,
  options: HttpOptions,
  operations: OperationsParts,
  steps: ClosingSteps,
): Promise<{ readonly app: NestFastifyApplication; readonly url: string }> {
  const { host, anybodyMay, trustedProxies = [] } = options;
  const hosts = host === null ? options.allowedHosts : [...options.allowedHosts, host];
  const served = { allowedHosts: hosts, trustedProxies, tls: options.tls };
  const app = await createServer(module, served, operations);
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  steps.add('open connections', 100, () => {
    fastify.server.closeAllConnections();
  });
  steps.add('the server', options.closeMs, () => app.close());
  await options.configure?.(app);
  await app.init();
  await options.beforeListen?.(app);
  const { port, second } = await listen(fastify, options);
  if (second !== null)
    steps.add('the server over IPv6', 100, () => {
      second.close();
      second.closeIdleConnections();
    });
  if (anybodyMay !== null && host !== null && !isLoopback(host))
    operations.telemetry.emit(openToNetwork, { host, anybodyMay });
  return { app, url: urlOf(options, port) };
}
