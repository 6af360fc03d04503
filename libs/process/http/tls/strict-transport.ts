import type { FastifyInstance } from 'fastify';

/** A year (RFC 6797). */
const POLICY = 'max-age=31536000';

/**
 * Browsers go on by HTTPS alone. Not under localhost: it would hold there for every port, so for whatever else is
 * developed on the machine.
 */
export function sendStrictTransport(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!isLocal(request.hostname)) void reply.header('strict-transport-security', POLICY);
    done();
  });
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
