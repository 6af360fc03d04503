import type { Identity, Role } from './identity.ts';

interface Grant {
  readonly roles: readonly Role[];
  /** What it shows is not cut by service, so that those who are limited to services do not have it. */
  readonly allServices?: true;
  /** It is about one's own account, so that those without one do not have it. */
  readonly account?: true;
}

const EVERYBODY: readonly Role[] = ['viewer', 'editor', 'admin'];
const EDITORS: readonly Role[] = ['editor', 'admin'];
const ADMINS: readonly Role[] = ['admin'];

/** Every permission and who has it. */
export const PERMISSIONS = {
  /** Search, count, facets, context, traces, patterns, tail. */
  'events:read': { roles: EVERYBODY },
  /** Everything that matches, without a cap: exports, `/logs/filter`, `/logs/retrieve`. */
  'events:export': { roles: EDITORS },
  'searches:read': { roles: EVERYBODY },
  'searches:write': { roles: EDITORS },
  /** Processes, rates and backlog of the pipeline as a whole, and what its days take. */
  'pipeline:read': { roles: EVERYBODY, allServices: true },
  'quarantine:read': { roles: ADMINS, allServices: true },
  'quarantine:write': { roles: ADMINS, allServices: true },
  /** One's own password and sessions. */
  'account:write': { roles: EVERYBODY, account: true },
  'users:read': { roles: ADMINS },
  'users:write': { roles: ADMINS },
  'tokens:read': { roles: ADMINS },
  'tokens:write': { roles: ADMINS },
  'audit:read': { roles: ADMINS },
  /** The documentation of the API. */
  'docs:read': { roles: EVERYBODY },
} as const satisfies Readonly<Record<string, Grant>>;

export type Permission = keyof typeof PERMISSIONS;

export function isAllowed({ kind, role, services }: Identity, permission: Permission): boolean {
  const grant: Grant = PERMISSIONS[permission];
  if (grant.account === true && kind === 'bearer') return false;
  return grant.roles.includes(role) && (services === null || grant.allServices !== true);
}

export function permissionsOf(identity: Identity): readonly Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((one) => isAllowed(identity, one));
}
