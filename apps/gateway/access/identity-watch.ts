import type { FastifyReply } from 'fastify';

import type { Authentication } from '#access';

import type { AccessParts } from './access-parts.ts';
import { notLoggedIn } from './access.guard.ts';
import { identify } from './identify.ts';
import { authenticationOf } from './request-identity.ts';

/**
 * Aborts when whoever asked for a stream may have it no more: the session ended or was revoked, or the user has another
 * role or other services. Looking does not make a session last longer.
 */
export function identitySignal(
  access: AccessParts,
  reply: FastifyReply,
  everyMs: number,
): AbortSignal {
  const controller = new AbortController();
  if (access.mode === 'off') return controller.signal;
  const { request } = reply;
  const known = authenticationOf(request);
  const look = async (): Promise<void> => {
    try {
      const now = await identify(access, request, { counts: false });
      if (now === null || !same(now, known)) controller.abort(notLoggedIn());
    } catch {
      // The store is away: nobody can have been locked out meanwhile. The next look tells.
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  const stop = (): void => {
    clearInterval(timer);
  };
  reply.raw.once('close', stop);
  controller.signal.addEventListener('abort', stop);
  return controller.signal;
}

function same(one: Authentication, other: Authentication): boolean {
  return JSON.stringify(one.identity) === JSON.stringify(other.identity);
}
