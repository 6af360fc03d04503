import 'reflect-metadata';

import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiCookieAuth, ApiResponse } from '@nestjs/swagger';

import type { Permission } from '#access';

import { schemaRef } from '../openapi/schemas.ts';

const ACCESS = 'penstock:access';

/** What a call asks of whoever makes it: a permission, or nothing. */
export type DeclaredAccess = Permission | 'open';

/** Name of the cookie scheme in the API's documentation. */
export const SESSION_SCHEME = 'session';

/** Only those who have the permission may make the call. */
export function Needs(permission: Permission): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, permission),
    ApiCookieAuth(SESSION_SCHEME),
    problem(401, 'Nobody is logged in.'),
    problem(403, `It needs the permission \`${permission}\`, and of changes the CSRF token.`),
  );
}

/** Anybody may make the call: it gives away nothing, or looks after itself. */
export function Open(): MethodDecorator {
  return SetMetadata(ACCESS, 'open' satisfies DeclaredAccess);
}

export function declaredAccess(handler: object): DeclaredAccess | null {
  return (Reflect.getMetadata(ACCESS, handler) as DeclaredAccess | undefined) ?? null;
}

function problem(status: number, description: string): MethodDecorator {
  const content = { 'application/problem+json': { schema: schemaRef('Problem') } };
  return ApiResponse({ status, description, content });
}
