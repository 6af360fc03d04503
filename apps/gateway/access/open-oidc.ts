import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  BearerAuthenticator,
  LoginStates,
  OidcLogin,
  OidcProvider,
  OidcUsers,
  type AuditLog,
  type Authenticator,
  type Sessions,
} from '#access';
import type { ProcessSettings } from '#config';
import { MICROS_PER_MS, type Clock } from '#event';
import { listensOnLoopback, StartupError } from '#process';
import type { Store } from '#store';
import type { Telemetry } from '#telemetry';

export type OidcSettings = Pick<
  ProcessSettings<'gateway'>,
  | 'publicUrl'
  | 'oidcIssuer'
  | 'oidcCaFile'
  | 'oidcClientId'
  | 'oidcClientSecret'
  | 'oidcScopes'
  | 'oidcGroupsClaim'
  | 'oidcRoleMap'
  | 'oidcDefaultRole'
  | 'oidcAudience'
>;

export interface OpenOidcParts {
  readonly settings: OidcSettings;
  readonly store: Pick<Store, 'accessPool'>;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface OpenedOidc {
  /** Null: nobody logs in by it. */
  readonly login: OidcLogin | null;
  /** Null: no bearer tokens are accepted. */
  readonly bearer: Authenticator | null;
}

/**
 * OpenID Connect as the settings say. Nothing is asked of the provider yet, which may be away.
 *
 * @throws StartupError with one sentence where the settings do not go together
 */
export function openOidc(parts: OpenOidcParts): OpenedOidc {
  const { settings, clock, telemetry } = parts;
  const issuer = issuerOf(settings);
  if (issuer === null) return { login: null, bearer: null };
  const { oidcClientId, oidcClientSecret, oidcAudience } = settings;
  const provider = new OidcProvider({
    issuer,
    clientId: oidcClientId ?? 'penstock',
    clientSecret: oidcClientId === null ? null : oidcClientSecret,
    authorities: authoritiesIn(settings.oidcCaFile),
    telemetry,
  });
  const rules = {
    groupsClaim: settings.oidcGroupsClaim,
    map: settings.oidcRoleMap,
    defaultRole: settings.oidcDefaultRole,
  };
  const now = (): Date => new Date(clock() / MICROS_PER_MS);
  return {
    login: oidcClientId === null ? null : loginBy({ ...parts, provider, rules, now }),
    bearer:
      oidcAudience === null
        ? null
        : new BearerAuthenticator({ provider, audience: oidcAudience, rules, telemetry, now }),
  };
}

interface LoginParts extends OpenOidcParts {
  readonly provider: OidcProvider;
  readonly rules: ConstructorParameters<typeof OidcLogin>[0]['rules'];
  readonly now: () => Date;
}

function loginBy({ settings, store, sessions, audit, clock, telemetry, ...parts }: LoginParts) {
  const { publicUrl, oidcClientSecret } = settings;
  if (publicUrl === null)
    throw new StartupError(
      'OIDC_CLIENT_ID needs PUBLIC_URL, the address under which browsers reach the page: the provider leads them back to it.',
    );
  if (oidcClientSecret === null)
    throw new StartupError('OIDC_CLIENT_ID needs OIDC_CLIENT_SECRET, or OIDC_CLIENT_SECRET_FILE.');
  const { provider, rules, now } = parts;
  const issuer = provider.issuer.href;
  return new OidcLogin({
    provider,
    states: new LoginStates(oidcClientSecret, now),
    users: new OidcUsers({ pool: store.accessPool, sessions, issuer, clock }),
    audit,
    rules,
    scopes: settings.oidcScopes,
    publicUrl: new URL(publicUrl),
    telemetry,
  });
}

/** Null where none is set. */
function issuerOf(settings: OidcSettings): URL | null {
  const { oidcIssuer, oidcClientId, oidcAudience } = settings;
  const isUsed = oidcClientId !== null || oidcAudience !== null;
  if (oidcIssuer === null) {
    if (!isUsed) return null;
    const set = oidcClientId === null ? 'OIDC_AUDIENCE' : 'OIDC_CLIENT_ID';
    throw new StartupError(`${set} needs OIDC_ISSUER, the provider of OpenID Connect.`);
  }
  if (!isUsed)
    throw new StartupError(
      'OIDC_ISSUER does nothing alone: set OIDC_CLIENT_ID for logins, or OIDC_AUDIENCE for bearer tokens.',
    );
  if (settings.oidcRoleMap.length === 0 && settings.oidcDefaultRole === null)
    throw new StartupError(
      'Nobody has a role by OIDC_ISSUER: set OIDC_ROLE_MAP, or OIDC_DEFAULT_ROLE.',
    );
  return checkedIssuer(new URL(oidcIssuer));
}

/** The text of a file of certificates, of which at least one can be read. */
function authoritiesIn(path: string | null): string | null {
  if (path === null) return null;
  try {
    const text = readFileSync(path, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`OIDC_CA_FILE: ${path} holds no certificates in PEM: ${reason}.`);
  }
}

function checkedIssuer(issuer: URL): URL {
  if (issuer.protocol === 'https:' || listensOnLoopback(issuer.hostname.replace(/[[\]]/g, '')))
    return issuer;
  throw new StartupError(
    'OIDC_ISSUER must begin with https://; with http:// whoever is between could log in as anybody.',
  );
}
