import type { FastifyRequest } from 'fastify';

import { ANONYMOUS, type AuthenticateOptions, type Authentication } from '#access';

import type { AccessParts } from './access-parts.ts';

const EVERYBODY: Authentication = { identity: ANONYMOUS, by: 'none', csrf: null, sessionId: null };

/** Who sent a request; null where it carries nothing that says so. */
export async function identify(
  access: AccessParts,
  request: FastifyRequest,
  options: AuthenticateOptions = { counts: true },
): Promise<Authentication | null> {
  if (access.mode === 'off') return EVERYBODY;
  const credentials = { headers: request.headers, secure: isSecure(request) };
  for (const authenticator of access.authenticators) {
    const found = await authenticator.authenticate(credentials, options);
    if (found !== null) return found;
  }
  return null;
}

/** It came over TLS, to us or to a proxy that is trusted. */
export function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}
