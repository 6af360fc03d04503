import {
  permissionsOf,
  type Authentication,
  type Identity,
  type Session,
  type User,
} from '#access';
import { formatTimestamp, type Micros } from '#event';

import type { AccessParts } from './access-parts.ts';

/** What the page is told of who uses it. */
export function sessionJson(
  access: AccessParts,
  authentication: Pick<Authentication, 'identity' | 'csrf'> | null,
): object {
  return {
    auth: access.mode,
    identity: authentication && identityJson(authentication.identity),
    permissions: authentication === null ? [] : permissionsOf(authentication.identity),
    csrf: authentication?.csrf ?? null,
    methods: methodsOf(access),
  };
}

function methodsOf(access: AccessParts): readonly string[] {
  if (access.mode === 'off') return [];
  return access.oidc === null ? ['password'] : ['password', 'oidc'];
}

function identityJson({ kind, id, name, role, services }: Identity): object {
  return { kind, id, name, role, services };
}

export function userJson({ createdAt, updatedAt, lastLoginAt, ...user }: User): object {
  return {
    ...user,
    createdAt: formatTimestamp(createdAt),
    updatedAt: formatTimestamp(updatedAt),
    lastLoginAt: timeOrNull(lastLoginAt),
  };
}

export function accountSessionJson(
  { createdAt, lastSeenAt, expiresAt, ...session }: Session,
  current: string | null,
): object {
  return {
    ...session,
    current: session.id === current,
    createdAt: formatTimestamp(createdAt),
    lastSeenAt: formatTimestamp(lastSeenAt),
    expiresAt: formatTimestamp(expiresAt),
  };
}

function timeOrNull(time: Micros | null): string | null {
  return time === null ? null : formatTimestamp(time);
}
