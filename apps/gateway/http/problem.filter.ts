import { randomUUID } from 'node:crypto';

import {
  Catch,
  HttpException,
  Inject,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProviderUnavailableError } from '#access';
import {
  CacheFullError,
  EngineMemoryError,
  FilesLateError,
  ObjectCorruptError,
  ObjectMissingError,
  StorageRefusedError,
  StorageUnavailableError,
} from '#columnar';
import { ColumnarUnavailableError, InvalidCursorError } from '#search';
import { StatementTimeoutError, StoreUnavailableError } from '#store';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { LARGEST_BODY } from './body.ts';
import { unexpectedError } from '../telemetry.ts';
import { noSuchCall, Problem, sendProblem, unavailable } from './problem.ts';

/** Turns whatever a call throws into problem details. What is unexpected is logged under an id; no stack leaves. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly parts: GatewayParts;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts) {
    this.parts = parts;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || reply.raw.destroyed) return;
    const request = http.getRequest<FastifyRequest>();
    const problem = knownProblem(error, request) ?? this.unexpected(error, request);
    void sendProblem(reply, problem);
  }

  private unexpected(error: unknown, request: FastifyRequest): Problem {
    const id = randomUUID();
    this.parts.telemetry.emit(unexpectedError, {
      id,
      call: `${request.method} ${request.routeOptions.url ?? '?'}`,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return new Problem(
      500,
      'internal-error',
      `Something unexpected happened. The server's log has the details under the id ${id}.`,
      { id },
    );
  }
}

function knownProblem(error: unknown, request: FastifyRequest): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidCursorError) {
    return new Problem(
      400,
      'invalid-cursor',
      'cursor: it is no cursor of this search. Send `nextCursor` of the previous answer with the same q, from, to and order, or leave it out to start again.',
    );
  }
  if (error instanceof StoreUnavailableError) {
    return unavailable('store-unavailable', 'The store does not answer now. Try again soon.', 2);
  }
  if (error instanceof ProviderUnavailableError) {
    return unavailable(
      'provider-away',
      'The provider of OpenID Connect does not answer now, so the bearer token cannot be checked. Try again soon.',
      PROVIDER_RETRY_SECONDS,
    );
  }
  return columnarProblem(error) ?? timeProblem(error) ?? httpProblem(error, request);
}

/** Nothing could be read within the budget of a search: else there would be a part of the answer. */
function timeProblem(error: unknown): Problem | null {
  if (!(error instanceof StatementTimeoutError)) return null;
  const detail =
    'Not even a part of the answer could be read within the budget. Try again, or search a shorter time.';
  return unavailable('search-timeout', detail, 2);
}

/** Columnar files cannot be read: now, or until somebody mends it. Their messages are made for people. */
function columnarProblem(error: unknown): Problem | null {
  if (error instanceof FilesLateError) {
    const detail =
      'The columnar files of this time are still being fetched or checked, which goes on. Try again soon, or search a shorter time.';
    return unavailable(error.code, detail, 5);
  }
  if (error instanceof StorageUnavailableError) {
    const detail =
      'The storage of columnar files does not answer now. Try again soon, or search a shorter time.';
    return unavailable(error.code, detail, 10);
  }
  if (error instanceof StorageRefusedError) {
    const detail = 'The storage of columnar files refuses the gateway, whose log says why.';
    return new Problem(503, error.code, detail);
  }
  const mendable = [
    CacheFullError,
    ColumnarUnavailableError,
    EngineMemoryError,
    ObjectCorruptError,
    ObjectMissingError,
  ].find((known) => error instanceof known);
  if (mendable === undefined) return null;
  const { code, message } = error as Error & { readonly code: string };
  return new Problem(503, code, `Columnar files cannot be read: ${message.replace(/\.$/, '')}.`);
}

const PROVIDER_RETRY_SECONDS = 5;

/** Of an error that Fastify or Nest found before a call was reached: its status is the client's fault. */
function httpProblem(error: unknown, request: FastifyRequest): Problem | null {
  if (error instanceof HttpException && error.getStatus() === 404) return noSuchCall(request);
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  const detail =
    status === 413
      ? `The body is larger than ${LARGEST_BODY} bytes; send a smaller one.`
      : reasonOf(error);
  return new Problem(status, CODES.get(status) ?? 'bad-request', detail);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The request cannot be read.';
}

const CODES = new Map([
  [413, 'body-too-large'],
  [415, 'unsupported-media-type'],
]);
