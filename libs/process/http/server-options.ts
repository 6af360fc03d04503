import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '#problem';

/**
 * Options of the Fastify adapter for every server: slow senders of headers and endless bodies are cut off, and what
 * is no HTTP, or has a path that cannot be read, gets problem details too.
 */
export const SERVER_OPTIONS = {
  /** Longest time for a whole request to arrive, in ms; bodies have a shorter one of their own. */
  requestTimeout: 120_000,
  /** Longer than that of usual load balancers, so that it is they who close an idle connection. */
  keepAliveTimeout: 72_000,
  forceCloseConnections: 'idle' as const,
  /** `refuseWhileClosing` answers instead. */
  return503OnClosing: false,
  clientErrorHandler: answerClientError,
  frameworkErrors: answerFrameworkError,
};

interface ClientFault {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const FAULTS: ReadonlyMap<string | undefined, ClientFault> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      code: 'headers-too-large',
      detail: `The path, the query string and the headers take more than ${maxHeaderSize} bytes; send a long query by POST.`,
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: 408, code: 'request-timeout', detail: 'The request did not arrive in time.' },
  ],
]);

const NO_HTTP: ClientFault = {
  status: 400,
  code: 'bad-http',
  detail: 'The request is not readable as HTTP.',
};

function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, code, detail } = FAULTS.get(error.code) ?? NO_HTTP;
  const { body, headers } = problem(status, code, detail);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${headers['content-type'] ?? ''}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** A request that fails before any route is found. */
function answerFrameworkError(
  error: Readonly<{ statusCode?: number; message: string }>,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, headers, body } = problem(error.statusCode ?? 400, 'bad-request', error.message);
  void reply
    .status(status)
    .headers({ ...headers, 'x-content-type-options': 'nosniff' })
    .send(body);
}
