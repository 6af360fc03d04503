import type { Authenticator, AuditTrail, Login, OidcLogin, Sessions, Users } from '#access';

/** Everybody may do everything. What they do is written down nevertheless. */
export interface AccessOff {
  readonly mode: 'off';
  readonly audit: AuditTrail;
}

export interface AccessOn {
  readonly mode: 'on';
  /** Asked in turn who sent a request. */
  readonly authenticators: readonly Authenticator[];
  readonly login: Pick<Login, 'attempt'>;
  /** Null: there is no provider of OpenID Connect. */
  readonly oidc: OidcLogin | null;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
}

/** Access control as the gateway uses it. */
export type AccessParts = AccessOff | AccessOn;
