import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Senders } from '#access';
import { type IngestAnswer, type IngestPipeline, type RequestSource } from '#delivery';
import type { Telemetry } from '#telemetry';
import { problem } from '#problem';
import type { RequestBodies } from './request-bodies.ts';
import { checkSender } from './sender-check.ts';

/** Every ingest call takes one event, an array or NDJSON; they differ in name only. */
const PATHS = ['/', '/logs', '/logs/batch', '/logs/ingest', '/log-event'];

export interface IngestRouteParts {
  readonly pipeline: IngestPipeline;
  readonly bodies: RequestBodies;
  /** Who may send. */
  readonly senders: Senders;
  readonly telemetry: Telemetry;
}

/**
 * The ingest calls, in a scope of their own: bodies are read raw here, while the rest of the server parses JSON. They
 * are plain Fastify routes because controllers share the content type parsers of the whole server.
 */
export function ingestRoutes(parts: IngestRouteParts): (scope: FastifyInstance) => Promise<void> {
  const { pipeline, bodies, senders, telemetry } = parts;
  return (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    scope.setErrorHandler((error, _request, reply) => send(reply, answerOf(error)));

    const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const checked = checkSender(senders, request.headers.authorization, telemetry);
      if (checked.kind === 'answered') return send(reply, checked.answer);
      const { sender } = checked;
      const answer = await bodies.using(request.raw, (body) =>
        pipeline.accept({
          body,
          contentType: request.headers['content-type'],
          format: 'json',
          idempotencyKey: keyOf(request.headers['idempotency-key']),
          sender,
          source: sourceOf(request),
        }),
      );
      if (pipeline.admission.draining) void reply.header('connection', 'close');
      return send(reply, answer);
    };
    for (const path of PATHS) {
      scope.post(path, serve);
      if (path !== '/') scope.post(`${path}/`, serve);
    }
    return Promise.resolve();
  };
}

function send(reply: FastifyReply, answer: IngestAnswer): FastifyReply {
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

function sourceOf({ method, routeOptions, headers }: FastifyRequest): RequestSource {
  const { traceparent } = headers;
  return {
    call: `${method} ${routeOptions.url ?? ''}`,
    traceParent: typeof traceparent === 'string' ? traceparent : undefined,
  };
}

function keyOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** Of an error that Fastify found before the request reached us. */
function answerOf(error: unknown): IngestAnswer {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 415) {
    return problem(
      415,
      'unsupported-media-type',
      'The content type cannot be read; send application/json or application/x-ndjson.',
    );
  }
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? problem(statusCode, 'bad-request', message ?? 'The request cannot be read.')
    : problem(500, 'internal', 'The server failed; its log says why.');
}
