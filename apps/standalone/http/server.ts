import type { DynamicModule, LoggerService, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { problem } from '#delivery';
import type { Telemetry } from '#telemetry';
import { answerFrameworkError } from '../../gateway/index.ts';
import { INGEST_SERVER_OPTIONS } from '../../ingest/index.ts';
import { frameworkMessage } from '../telemetry.ts';
import { hostCheck } from './host-check.ts';

/** The Nest application over one Fastify server, not listening yet. */
export async function createServer(
  module: DynamicModule,
  allowedHosts: readonly string[],
  telemetry: Telemetry,
): Promise<NestFastifyApplication> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class but takes, and documents, a literal
  const options: NestApplicationOptions = {
    logger: frameworkLogger(telemetry),
    abortOnError: false,
  };
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter({ ...INGEST_SERVER_OPTIONS, frameworkErrors: answerFrameworkError }),
    options,
  );
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const isServed = hostCheck(allowedHosts);
  fastify.addHook('onRequest', async (request, reply) => {
    if (isServed(request.headers.host)) return;
    const { status, headers, body } = problem(
      421,
      'host-not-served',
      'the Host header names a host that is not served here; HTTP_ALLOWED_HOSTS lists further ones',
    );
    await reply.code(status).headers(headers).send(body);
  });
  return app;
}

/** Nest's own warnings and errors; its news of modules and routes are nobody's concern. */
function frameworkLogger(telemetry: Telemetry): LoggerService {
  const pass = (message: unknown): void => {
    telemetry.emit(frameworkMessage, { message: String(message) });
  };
  return { log: () => undefined, warn: pass, error: pass, fatal: pass };
}
