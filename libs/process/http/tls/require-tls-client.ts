import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { problem } from '#problem';
import { isOperationsPath } from '../../operations.ts';

/** Refuses clients without a certificate that was signed by one of TLS_CLIENT_CA_FILE, but for health and metrics. */
export function requireTlsClient(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    if (socket instanceof TLSSocket && socket.authorized) return;
    if (isOperationsPath(request.url.split('?', 1)[0] ?? '')) return;
    const detail =
      'The client has no certificate that is accepted here; send one that was signed by an authority of TLS_CLIENT_CA_FILE.';
    const { status, headers, body } = problem(403, 'client-certificate-required', detail);
    await reply.code(status).headers(headers).send(body);
  });
}
