import type { FastifyRequest } from 'fastify';

import type { AuditActor, Authentication, Identity } from '#access';
import { actorOf } from '#access';

/** Beside the request, not in it, so that nothing that a client sends can be taken for it. */
const KNOWN = new WeakMap<FastifyRequest, Authentication>();

export function setAuthentication(request: FastifyRequest, authentication: Authentication): void {
  KNOWN.set(request, authentication);
}

/**
 * Who sent a request that the guard let through.
 *
 * @throws Error for any other, so that a mistake answers nothing
 */
export function authenticationOf(request: FastifyRequest): Authentication {
  const known = KNOWN.get(request);
  if (known === undefined) throw new Error('the request was not authenticated');
  return known;
}

export function identityOf(request: FastifyRequest): Identity {
  return authenticationOf(request).identity;
}

/** For the audit log. */
export function changedBy(request: FastifyRequest): {
  readonly actor: AuditActor;
  readonly address: string;
} {
  return { actor: actorOf(identityOf(request)), address: request.ip };
}
