import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

import { AccessGuard } from './access/access.guard.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { LARGEST_BODY } from './http/body.ts';
import { Problem, sendProblem } from './http/problem.ts';
import { DOCS_PATH, serveOpenApi } from './openapi/open-api.ts';
import { policyForPath, SECURITY_HEADERS } from './page/security-headers.ts';
import { servePage } from './page/serve-page.ts';

/**
 * Adds to an application with the `GatewayModule`, after it was created and before it listens: security headers on
 * every answer, the API's documentation at /api/docs, and the page.
 */
export async function configureGateway(
  app: NestFastifyApplication,
  settings: Pick<GatewaySettings, 'pageFolder'>,
): Promise<void> {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    // Answers to what senders post are no pages, and those calls are the hot path.
    if (request.method !== 'POST' || path.startsWith('/api/')) {
      void reply.headers({ ...SECURITY_HEADERS, 'content-security-policy': policyForPath(path) });
    }
    done();
  });
  guardDocs(app);
  keepBodiesAsText(app);
  serveOpenApi(app);
  await servePage(server, settings.pageFolder);
}

/** The documentation is no call of Nest's, so that its guard does not see it. */
function guardDocs(app: NestFastifyApplication): void {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  const guard = app.get(AccessGuard, { strict: false });
  server.addHook('onRequest', async (request, reply) => {
    // The route, not the path: a path may be written in many ways.
    if (request.routeOptions.url?.startsWith(DOCS_PATH) !== true) return;
    try {
      await guard.admit(request, 'docs:read');
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return sendProblem(reply, error);
    }
  });
}

/** The calls parse bodies themselves, whatever type they are sent with, so that errors become problem details. */
function keepBodiesAsText(app: NestFastifyApplication): void {
  const types = ['application/json', 'application/x-www-form-urlencoded', 'text/plain', '*'];
  for (const type of types) {
    app.useBodyParser(type, { bodyLimit: LARGEST_BODY }, (_request, body, done) => {
      done(null, body);
    });
  }
}
