import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { problem } from '#problem';
import { nestOptions } from '../nest-options.ts';
import type { OperationsParts } from '../operations.ts';
import { hostCheck } from './host-check.ts';
import { operationsRoutes } from './operations-routes.ts';
import { refuseWhileClosing } from './refuse-while-closing.ts';
import { SERVER_OPTIONS } from './server-options.ts';
import { siteCheck } from './site-check.ts';
import { requireTlsClient } from './tls/require-tls-client.ts';
import type { ServerTls } from './tls/server-tls.ts';
import { sendStrictTransport } from './tls/strict-transport.ts';

export interface ServerOptions {
  /** Host names that are served beside addresses and localhost. */
  readonly allowedHosts: readonly string[];
  /** Addresses and networks of proxies whose `X-Forwarded-*` are believed. */
  readonly trustedProxies: readonly string[];
  /** Null: HTTP. */
  readonly tls: ServerTls | null;
}

/** The Nest application over one Fastify server, with health and metrics, not listening yet. */
export async function createServer(
  module: DynamicModule,
  { allowedHosts, trustedProxies, tls }: ServerOptions,
  operations: OperationsParts,
): Promise<NestFastifyApplication> {
  const trustProxy = trustedProxies.length === 0 ? false : [...trustedProxies];
  const options = { ...SERVER_OPTIONS, trustProxy };
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    tls === null
      ? new FastifyAdapter(options)
      : new FastifyAdapter({ ...options, https: tls.options }),
    nestOptions(operations.telemetry, {}),
  );
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  refuseWhileClosing(fastify);
  refuseForeign(fastify, allowedHosts);
  if (tls !== null) sendStrictTransport(fastify);
  if (tls?.asksClients === true) requireTlsClient(fastify);
  void fastify.register(operationsRoutes(operations));
  return app;
}

/** Refuses what pages of other sites may have a browser send. */
function refuseForeign(fastify: FastifyInstance, allowedHosts: readonly string[]): void {
  const isHostServed = hostCheck(allowedHosts);
  const isSiteServed = siteCheck(allowedHosts);
  fastify.addHook('onRequest', async (request, reply) => {
    const refusal = !isHostServed(request.headers.host)
      ? HOST_NOT_SERVED
      : isSiteServed(request)
        ? null
        : CROSS_SITE;
    if (refusal === null) return;
    await reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
  });
}

const HOST_NOT_SERVED = problem(
  421,
  'host-not-served',
  'the Host header names a host that is not served here; HTTP_ALLOWED_HOSTS lists further ones',
);
const CROSS_SITE = problem(
  403,
  'cross-site',
  'a page of another site may not send this; HTTP_ALLOWED_HOSTS lists hosts whose pages may, and a script sends its token in Authorization',
);
