import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

import { SESSION_SCHEME } from '../access/declare-access.ts';
import { INGEST_TOKEN_SCHEME, ingestPaths } from './ingest-paths.ts';
import { SCHEMAS } from './schemas.ts';

export const DOCS_PATH = '/api/docs';

/** The OpenAPI document of every call of the application. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Penstock')
    .setDescription('Logs over HTTP: send them, search them, follow them, export them.')
    .setVersion('1')
    .addTag('ingest', 'Sending logs.')
    .addTag('search', 'Reading logs.')
    .addTag('logs', 'The calls of earlier log ingestors.')
    .addTag('quarantine', 'What could not be stored.')
    .addTag('operations', 'Health and metrics.')
    .addTag('access', 'Users, sessions, tokens, and what people did.')
    .addCookieAuth('__Host-penstock-session', { type: 'apiKey', in: 'cookie' }, SESSION_SCHEME)
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'An ingest token, where one is asked for.' },
      INGEST_TOKEN_SCHEME,
    )
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  return {
    ...document,
    paths: { ...ingestPaths((route) => server.hasRoute(route)), ...document.paths },
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...SCHEMAS },
    },
  };
}

/** Serves the document with its page at /api/docs, as JSON at /api/docs-json and as YAML at /api/docs-yaml. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup(DOCS_PATH.slice(1), app, () => openApiDocument(app), {
    customSiteTitle: 'Penstock API',
  });
}
