import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { isAllowed, type Authentication, type Permission } from '#access';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Problem } from '../http/problem.ts';
import { accessRefused } from '../telemetry.ts';
import { checkCsrf } from './csrf.ts';
import { declaredAccess } from './declare-access.ts';
import { identify } from './identify.ts';
import { setAuthentication } from './request-identity.ts';

/** Lets a request through to its call where the call's declaration allows it. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly parts: GatewayParts;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts) {
    this.parts = parts;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const declared = declaredAccess(context.getHandler());
    if (declared === null) throw new Error('a call without a declaration of access');
    if (declared !== 'open') {
      await this.admit(context.switchToHttp().getRequest<FastifyRequest>(), declared);
    }
    return true;
  }

  /** Throws a 401 or 403 `Problem` unless whoever sent the request has the permission. */
  async admit(request: FastifyRequest, permission: Permission): Promise<void> {
    try {
      const authentication = await identify(this.parts.access, request);
      if (authentication === null) throw notLoggedIn();
      checkCsrf(request, authentication);
      checkPermission(authentication, permission);
      setAuthentication(request, authentication);
    } catch (error) {
      if (error instanceof Problem) {
        this.parts.telemetry.emit(accessRefused, { code: error.document.code });
      }
      throw error;
    }
  }
}

function checkPermission({ identity }: Authentication, permission: Permission): void {
  if (isAllowed(identity, permission)) return;
  throw new Problem(
    403,
    'forbidden',
    `The user ${identity.name} (${identity.role}) may not do this: it needs the permission ${permission}.`,
    { permission },
  );
}

/** No `WWW-Authenticate`: a browser would ask for a password by itself. */
export function notLoggedIn(): Problem {
  return new Problem(
    401,
    'not-logged-in',
    'Nobody is logged in, or the session has ended. Log in by POST /api/v1/session.',
  );
}
