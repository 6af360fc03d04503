import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { noSuchCall } from '../http/problem.ts';
import { isHashed, readPageFiles, type PageFiles } from './page-files.ts';

const YEAR_SECONDS = 31_536_000;
const IMMUTABLE = `public, max-age=${YEAR_SECONDS}, immutable`;

const NOT_BUILT = `The search page is not built.

Build it with: npm run build:ui
Then start Penstock again. The API works without it and is described at /api/docs.
`;

/** First parts of paths that belong to the API and never to the page. */
const API_PATHS = new Set(['api', 'logs', 'log-event', 'health', 'metrics']);

/**
 * Serves the built page: its files by name, and its index for every path that is a place within the page, since
 * the page's router reads the path itself.
 */
export async function servePage(server: FastifyInstance, folder: string): Promise<void> {
  const page = await readPageFiles(folder);
  if (page !== null) await server.register(fastifyStatic, { root: folder, serve: false });
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = requestedPath(request);
    if (page?.files.has(path) === true) return sendFile(reply, path);
    if (!isPlaceInPage(path)) return sendNotFound(request, reply);
    return page === null ? sendNotBuilt(reply) : sendIndex(reply, page);
  };
  server.get('/', answer);
  server.get('/*', answer);
}

function requestedPath(request: FastifyRequest): string {
  return (request.params as { '*'?: string })['*'] ?? '';
}

/** A path with an extension names a file, so a file that is missing is not answered with the page. */
function isPlaceInPage(path: string): boolean {
  const parts = path.split('/');
  if (API_PATHS.has(parts[0] ?? '')) return false;
  return !(parts.at(-1) ?? '').includes('.');
}

function sendFile(reply: FastifyReply, path: string): FastifyReply {
  void reply.header('cache-control', isHashed(path) ? IMMUTABLE : 'no-cache');
  return reply.sendFile(path, { cacheControl: false });
}

function sendIndex(reply: FastifyReply, page: PageFiles): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', page.indexPolicy)
    .send(page.index);
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .status(503)
    .header('content-type', 'text/plain; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(NOT_BUILT);
}

function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { document } = noSuchCall(request);
  return reply
    .status(404)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(document));
}
