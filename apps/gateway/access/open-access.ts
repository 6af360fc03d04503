import {
  ensureAdmin,
  FIRST_ADMIN,
  Login,
  passwordFault,
  PasswordHasher,
  PostgresAuditTrail,
  RememberedSessions,
  SessionAuthenticator,
  Sessions,
  Users,
} from '#access';
import type { ProcessSettings } from '#config';
import { systemClock, type Clock } from '#event';
import { listensOnLoopback, StartupError } from '#process';
import type { Store } from '#store';
import type { Telemetry } from '#telemetry';

import type { AccessParts } from './access-parts.ts';
import { openOidc, type OidcSettings } from './open-oidc.ts';

export type AccessSettings = Pick<
  ProcessSettings<'gateway'>,
  'adminPassword' | 'sessionIdle' | 'sessionLifetime' | 'loginFailures' | 'loginLockout'
> &
  OidcSettings;

export interface OpenAccessParts {
  readonly mode: AccessParts['mode'];
  readonly settings: AccessSettings;
  readonly store: Pick<Store, 'accessPool'>;
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  readonly hasher?: PasswordHasher;
}

/** An address is that of many people: of an office, of a mobile network. */
const ADDRESS_FACTOR = 10;

/**
 * Whether access control is on: as it is set, else off where only this machine can ask.
 *
 * @param host the address to listen on, null for loopback
 */
export function accessMode(
  auth: AccessParts['mode'] | null,
  host: string | null,
): AccessParts['mode'] {
  return auth ?? (listensOnLoopback(host) ? 'off' : 'on');
}

/**
 * Access control over a store. Where it is on, there is an admin afterwards.
 *
 * @throws StartupError for an ADMIN_PASSWORD that is too easily guessed, and settings of OIDC that do not go together
 */
export async function openAccess(parts: OpenAccessParts): Promise<AccessParts> {
  const { mode, settings, store, telemetry, clock = systemClock } = parts;
  const pool = store.accessPool;
  const audit = new PostgresAuditTrail(pool, clock);
  if (mode === 'off') {
    refuseUnused(settings);
    return { mode, audit };
  }
  checkAdminPassword(settings.adminPassword);
  const hasher = parts.hasher ?? new PasswordHasher();
  const life = { idleMs: settings.sessionIdle, absoluteMs: settings.sessionLifetime };
  const sessions = new Sessions({ pool, clock, life });
  const limits = {
    failuresPerName: settings.loginFailures,
    failuresPerAddress: settings.loginFailures * ADDRESS_FACTOR,
    lockoutMs: settings.loginLockout,
  };
  const { login: oidc, bearer } = openOidc({ settings, store, sessions, audit, clock, telemetry });
  await ensureAdmin({ pool, hasher, clock, telemetry, password: settings.adminPassword });
  const cookies = new SessionAuthenticator(new RememberedSessions(sessions, clock));
  return {
    mode,
    audit,
    sessions,
    users: new Users({ pool, hasher, clock }),
    login: new Login({ pool, hasher, sessions, audit, limits, clock, telemetry }),
    oidc,
    authenticators: [cookies, ...(bearer === null ? [] : [bearer])],
  };
}

/** Whoever sets up a provider wants people to log in at it. */
function refuseUnused({ oidcIssuer }: OidcSettings): void {
  if (oidcIssuer === null) return;
  throw new StartupError(
    'OIDC_ISSUER is set, but access control is off: set AUTH=on, or take OIDC_ISSUER away.',
  );
}

function checkAdminPassword(password: string | null): void {
  const fault = password === null ? null : passwordFault(password, FIRST_ADMIN);
  if (fault !== null) throw new StartupError(`ADMIN_PASSWORD: it ${fault}`);
}
