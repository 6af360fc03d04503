import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Telemetry } from '#telemetry';
import { UNKNOWN_ACTOR, type AuditLog } from '../audit/audit-log.ts';
import type { Identity } from '../identity/identity.ts';
import type { Client, NewSession } from '../sessions/session.ts';
import { claimedPerson } from './claimed-person.ts';
import { oidcAnswered } from './events.ts';
import type { LoginState, LoginStates } from './login-state.ts';
import { ProviderUnavailableError, type OidcProvider } from './oidc-provider.ts';
import type { OidcUsers } from './oidc-users.ts';
import { returnPath } from './return-path.ts';
import { roleOfClaims, type RoleRules } from './roles-of-claims.ts';

export interface OidcLoginParts {
  readonly provider: OidcProvider;
  readonly states: LoginStates;
  readonly users: Pick<OidcUsers, 'admit' | 'has'>;
  readonly audit: AuditLog;
  readonly rules: RoleRules;
  readonly scopes: string;
  /** Where browsers reach the page. */
  readonly publicUrl: URL;
  readonly telemetry: Telemetry;
}

/** Why somebody is not logged in; the page has words for each. */
export type OidcRefusal =
  /** The provider does not answer. */
  | 'provider-away'
  /** The browser did not begin this login, or too long ago. */
  | 'not-begun'
  /** The provider refused, or the answer is not from it. */
  | 'provider-refused'
  /** Somebody in none of the groups that have a role. */
  | 'no-role'
  | 'disabled'
  | 'too-many-users';

export type OidcOutcome =
  | {
      readonly kind: 'in';
      readonly identity: Identity;
      readonly session: NewSession;
      readonly returnTo: string;
    }
  | { readonly kind: 'refused'; readonly reason: OidcRefusal };

export const CALLBACK_PATH = '/api/v1/session/oidc/callback';

/**
 * Logins at a provider of OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0,
 * section 3.1). The ID token comes from the token endpoint over TLS, so its issuer is known by that (3.1.3.7, 6).
 */
export class OidcLogin {
  private readonly parts: OidcLoginParts;

  constructor(parts: OidcLoginParts) {
    this.parts = parts;
  }

  /**
   * Where the browser goes now, and what it keeps until it comes back.
   *
   * @param returnTo path of the page to go to afterwards
   * @throws ProviderUnavailableError
   */
  async begin(returnTo: string | null): Promise<{ readonly url: URL; readonly sealed: string }> {
    const { provider, states, scopes } = this.parts;
    const { configuration } = await provider.find();
    const state: LoginState = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      returnTo: returnPath(returnTo),
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUrl.href,
      scope: scopes,
      state: state.state,
      nonce: state.nonce,
      code_challenge: await calculatePKCECodeChallenge(state.verifier),
      code_challenge_method: 'S256',
    });
    return { url, sealed: await states.seal(state) };
  }

  /**
   * Ends a login with what the provider told the browser to bring.
   *
   * @param query of the request, with its `?`
   * @param sealed what the browser kept, null for nothing
   */
  async complete(query: string, sealed: string | null, client: Client): Promise<OidcOutcome> {
    const outcome = await this.outcomeOf(query, sealed, client);
    const [name, detail] =
      outcome.kind === 'in' ? ['in', ''] : [outcome.reason, detailOf(outcome.because)];
    this.parts.telemetry.emit(oidcAnswered, { outcome: name, detail });
    if (outcome.kind === 'in') return outcome;
    return { kind: 'refused', reason: outcome.reason };
  }

  /** Where a user logs out at the provider too; null where there is no such place, or the user is not of it. */
  async logoutUrl(userId: string): Promise<string | null> {
    const { provider, users, publicUrl } = this.parts;
    if (!(await users.has(userId))) return null;
    try {
      const { configuration } = await provider.find();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return buildEndSessionUrl(configuration, { post_logout_redirect_uri: publicUrl.href }).href;
    } catch (error) {
      if (error instanceof ProviderUnavailableError) return null;
      throw error;
    }
  }

  private get redirectUrl(): URL {
    const { publicUrl } = this.parts;
    return new URL(`${publicUrl.pathname.replace(/\/$/, '')}${CALLBACK_PATH}`, publicUrl);
  }

  private async outcomeOf(
    query: string,
    sealed: string | null,
    client: Client,
  ): Promise<Completed> {
    const state = sealed === null ? null : await this.parts.states.open(sealed);
    if (state === null) return refused('not-begun');
    const claims = await this.claims(query, state);
    if ('kind' in claims) return claims as Completed;
    const person = claimedPerson(claims);
    if (person === null) return refused('provider-refused', 'the ID token names nobody');
    const granted = roleOfClaims(claims, this.parts.rules);
    if (granted === null) {
      await this.recordRefusal(person.name, client);
      return refused('no-role', person.name);
    }
    const admitted = await this.parts.users.admit(person, granted, client);
    if (admitted.kind === 'full') return refused('too-many-users');
    if (admitted.kind === 'disabled') return refused('disabled', person.name);
    return { ...admitted, returnTo: state.returnTo };
  }

  /** What the ID token says, or why there is none. */
  private async claims(
    query: string,
    { state, nonce, verifier }: LoginState,
  ): Promise<Readonly<Record<string, unknown>> | Completed> {
    try {
      const { configuration } = await this.parts.provider.find();
      const current = new URL(query, this.redirectUrl);
      const tokens = await authorizationCodeGrant(configuration, current, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return { ...tokens.claims() };
    } catch (error) {
      const reason = isOfNetwork(error) ? 'provider-away' : 'provider-refused';
      return refused(reason, describe(error));
    }
  }

  private async recordRefusal(name: string, { address }: Client): Promise<void> {
    await this.parts.audit.record({
      actor: UNKNOWN_ACTOR,
      action: 'session.login',
      target: name,
      address,
      outcome: 'failed',
      detail: { reason: 'no-role', by: 'oidc' },
    });
  }
}

interface Refused {
  readonly kind: 'refused';
  readonly reason: OidcRefusal;
  /** For the log. */
  readonly because: string;
}

type Completed = Extract<OidcOutcome, { kind: 'in' }> | Refused;

function refused(reason: OidcRefusal, because = ''): Refused {
  return { kind: 'refused', reason, because };
}

function detailOf(because: string): string {
  return because === '' ? '' : ` (${because})`;
}

/** fetch reports a network that fails as a TypeError, and a time that is over by name. */
function isOfNetwork(error: unknown): boolean {
  if (error instanceof ProviderUnavailableError) return true;
  const { name, code, cause } = error as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly cause?: unknown;
  };
  const isTimeout = name === 'TimeoutError' || code === 'OAUTH_TIMEOUT';
  return isTimeout || (cause !== undefined && cause !== null && isNetworkError(cause));
}

function isNetworkError(cause: unknown): boolean {
  const { name, code } = cause as { readonly name?: unknown; readonly code?: unknown };
  return name === 'TypeError' || name === 'TimeoutError' || /^E[A-Z]+$/.test(String(code));
}

/** Without what the provider was sent, which the error of a library may hold. */
function describe(error: unknown): string {
  const { error: code, message } = error as {
    readonly error?: unknown;
    readonly message?: unknown;
  };
  return [code, message]
    .filter((text) => typeof text === 'string')
    .join(': ')
    .slice(0, 300);
}
