import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from '#delivery';

/**
 * Options of the Fastify adapter that an ingest server needs: slow senders of headers and endless bodies are cut off,
 * and what is no HTTP gets problem details too.
 */
export const INGEST_SERVER_OPTIONS = {
  /** Longest time for a whole request to arrive, in ms; bodies have a shorter one of their own. */
  requestTimeout: 120_000,
  /** Longer than that of usual load balancers, so that it is they who close an idle connection. */
  keepAliveTimeout: 72_000,
  forceCloseConnections: 'idle' as const,
  clientErrorHandler: answerClientError,
};

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_CODE[error.code ?? ''] ?? 400;
  const { body, headers } = problem(status, 'bad-http', 'the request is not readable as HTTP');
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${headers['content-type'] ?? ''}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
