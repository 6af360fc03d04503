import { STATUS_CODES } from 'node:http';

import type { FastifyReply } from 'fastify';

/** One thing that is wrong with a request: which field, what is allowed there and how to mend it. */
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** Characters of a path that a message repeats. */
const LONGEST_PATH = 200;

/** An RFC 9457 problem document. `code` is stable and meant for programs, `detail` for people. */
export interface ProblemDocument {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

/** An answer other than success, thrown by whatever cannot go on. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    extensions: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    const title = STATUS_CODES[status] ?? 'Error';
    this.document = { type: 'about:blank', title, status, code, detail, ...extensions };
    this.headers = headers;
  }
}

export function sendProblem(reply: FastifyReply, { document, headers }: Problem): FastifyReply {
  return reply
    .status(document.status)
    .headers(headers)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(document));
}

/** 400 for parameters; the first error is the detail, all are in `errors`. */
export function invalidParameters(errors: readonly FieldError[]): Problem {
  const detail = errors.map((error) => `${error.field}: ${error.detail}`).join(' ');
  return new Problem(400, 'invalid-parameter', detail, { errors });
}

export function notFound(detail: string): Problem {
  return new Problem(404, 'not-found', detail);
}

/** 404 for a path or a method that no call has. */
export function noSuchCall(request: { readonly method: string; readonly url: string }): Problem {
  const path = (request.url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH);
  return notFound(`There is no call ${request.method} ${path}. The calls are listed at /api/docs.`);
}

/** 503: nothing is wrong with the request, it may be sent again after the delay. */
export function unavailable(code: string, detail: string, retryAfterSeconds: number): Problem {
  return new Problem(503, code, detail, {}, { 'retry-after': String(retryAfterSeconds) });
}
