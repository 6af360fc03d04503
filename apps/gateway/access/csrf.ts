import { timingSafeEqual } from 'node:crypto';

import type { FastifyRequest } from 'fastify';

import type { Authentication } from '#access';

import { Problem } from '../http/problem.ts';

export const CSRF_HEADER = 'x-penstock-csrf';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that a page of another site could have made with the user's cookie. Three layers, after OWASP's
 * "Cross-Site Request Forgery Prevention Cheat Sheet": the cookie is SameSite=Lax; browsers say in `Sec-Fetch-Site`
 * where a request comes from (Fetch Metadata); and a header of our own must carry a value bound to the session, which
 * no other site can read, and which no form can send and no script of another origin without a preflight that is
 * refused here. Whoever authenticates by a header of their own needs none of it.
 */
export function checkCsrf(request: FastifyRequest, { by, csrf }: Authentication): void {
  if (by !== 'cookie' || SAFE_METHODS.has(request.method)) return;
  checkOrigin(request);
  const sent = request.headers[CSRF_HEADER];
  if (typeof sent === 'string' && csrf !== null && equal(sent, csrf)) return;
  throw new Problem(
    403,
    'csrf',
    'A change needs the header X-Penstock-CSRF with the `csrf` of GET /api/v1/session.',
  );
}

/**
 * Refuses what a page of another site sends. A neighbour on the same domain counts as another.
 */
export function checkOrigin(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new Problem(403, 'cross-site', 'Pages of other sites may not make this call.');
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
