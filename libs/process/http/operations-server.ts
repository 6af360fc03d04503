import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { problem } from '#problem';
import { describeError } from '../describe-error.ts';
import {
  answerElsewhere,
  answerOperations,
  isOperationsPath,
  type OperationsAnswer,
  type OperationsParts,
} from '../operations.ts';
import { frameworkMessage } from '../telemetry.ts';
import { explainListenError, makeServer, urlOf, type ListenOptions } from './listen.ts';

/** Longest time for a request to arrive, in ms. */
const REQUEST_TIMEOUT_MS = 5_000;

export interface OperationsServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Health and metrics of a process that has no HTTP of its own, or of one that still waits for what it needs before it
 * can serve. Throws StartupError where the port cannot be had.
 */
export async function serveOperations(
  parts: OperationsParts,
  options: ListenOptions,
): Promise<OperationsServer> {
  const server = makeServer(options.tls ?? null, (request, response) => {
    void answer(request, response, parts);
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  const port = await bind(server, options);
  return {
    url: urlOf(options, port),
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: OperationsParts,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const { status, headers, body } =
    isRead && isOperationsPath(path)
      ? await answerOperations(path, parts).catch((error: unknown) => failed(error, parts))
      : answerElsewhere(parts);
  // A body that nobody reads would keep the connection from its end.
  request.resume();
  response.writeHead(status, headers).end(body);
}

function failed(error: unknown, { telemetry }: OperationsParts): OperationsAnswer {
  telemetry.emit(frameworkMessage, { message: describeError(error) });
  return problem(500, 'internal', 'The server failed; its log says why.');
}

function bind(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(explainListenError(error, options));
    });
    server.listen({ port: options.port, host: options.host ?? '127.0.0.1' }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  });
}
