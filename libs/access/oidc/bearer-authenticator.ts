import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Telemetry } from '#telemetry';
import type {
  AuthenticateOptions,
  Authentication,
  Authenticator,
  Credentials,
} from '../identity/authenticator.ts';
import { claimedPerson } from './claimed-person.ts';
import { bearerAnswered } from './events.ts';
import { CLOCK_TOLERANCE_S, ProviderUnavailableError, type OidcProvider } from './oidc-provider.ts';
import { roleOfClaims, type RoleRules } from './roles-of-claims.ts';

export interface BearerAuthenticatorParts {
  readonly provider: OidcProvider;
  /** What `aud` of a token has to be, or to hold. */
  readonly audience: string;
  readonly rules: RoleRules;
  readonly telemetry: Telemetry;
  readonly now?: () => Date;
}

/** Signatures with a key that the provider alone has: never `none`, never one with a secret that we would share. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const LONGEST_TOKEN = 16 * 1_024;
const BEARER = /^bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+) *$/i;

/**
 * Who sent a request by a signed token of the provider (RFC 9068, or any JWT with an audience of ours) in the header
 * `Authorization`. There is no account: the token says it all, as long as it is valid.
 *
 * `authenticate` throws ProviderUnavailableError where the keys of the provider could not be read.
 */
export class BearerAuthenticator implements Authenticator {
  private readonly parts: BearerAuthenticatorParts;

  constructor(parts: BearerAuthenticatorParts) {
    this.parts = parts;
  }

  async authenticate(
    { headers }: Credentials,
    { counts }: AuthenticateOptions,
  ): Promise<Authentication | null> {
    const token = tokenIn(headers['authorization']);
    if (token === null) return null;
    const claims = await this.verified(token);
    const authentication = claims === null ? null : this.authenticationOf(claims);
    if (counts)
      this.parts.telemetry.emit(bearerAnswered, {
        outcome: authentication === null ? 'refused' : 'accepted',
      });
    return authentication;
  }

  /** Null for a token that is not valid. */
  private async verified(token: string): Promise<JWTPayload | null> {
    const { provider, audience, now } = this.parts;
    const { configuration, keys } = await provider.find();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: configuration.serverMetadata().issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_S,
        ...(now && { currentDate: now() }),
      });
      return payload;
    } catch (error) {
      if (isOfToken(error)) return null;
      throw new ProviderUnavailableError(
        `the keys of ${provider.issuer.href} cannot be read: ${String((error as { readonly message?: unknown }).message)}`,
        { cause: error },
      );
    }
  }

  private authenticationOf(claims: JWTPayload): Authentication | null {
    const person = claimedPerson(claims);
    const granted = roleOfClaims(claims, this.parts.rules);
    if (person === null || granted === null) return null;
    const identity = {
      kind: 'bearer',
      id: `${this.parts.provider.issuer.href}#${person.subject}`,
      name: person.name,
      ...granted,
    } as const;
    return { identity, by: 'header', csrf: null, sessionId: null };
  }
}

function tokenIn(header: string | readonly string[] | undefined): string | null {
  if (typeof header !== 'string' || header.length > LONGEST_TOKEN) return null;
  return BEARER.exec(header)?.[1] ?? null;
}

/** Errors of jose about the token itself; those of the network are others, or of the key set as a whole. */
function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
