import {
  allowInsecureRequests,
  ClientSecretBasic,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  None,
  type Configuration,
  type CustomFetch,
} from 'openid-client';
import { createRemoteJWKSet, customFetch as jwksFetch, type JWTVerifyGetKey } from 'jose';
import type { Telemetry } from '#telemetry';
import { providerAway, providerFound } from './events.ts';
import { fetchTrusting, type FetchTrusting } from './fetch-trusting.ts';

export interface OidcProviderParts {
  /** As the provider names itself. */
  readonly issuer: URL;
  readonly clientId: string;
  /** Null: nobody logs in, tokens are checked only. */
  readonly clientSecret: string | null;
  /** Certificates (PEM) of those that may sign the provider's, instead of the known ones. */
  readonly authorities?: string | null;
  readonly telemetry: Telemetry;
  /** Gives ms that never go back. */
  readonly monotonic?: () => number;
  /** Ms without another attempt after one that failed. */
  readonly coolDownMs?: number;
  /** Ms between two readings of the keys for one that is not known. */
  readonly keyCoolDownMs?: number;
  /** How far our clock is before that of the provider, in s. */
  readonly skewSeconds?: number;
}

/** The provider does not answer; the same call may succeed later. */
export class ProviderUnavailableError extends Error {
  override readonly name = 'ProviderUnavailableError';
  readonly permanent = false;
}

/** Of one request to the provider, in s. */
const TIMEOUT_S = 5;
/** Clocks may differ by so much, in s. */
export const CLOCK_TOLERANCE_S = 30;
/** The provider's configuration is read again after so long, for it may move its endpoints. */
const KEEP_MS = 3_600_000;
const KEYS_KEEP_MS = 600_000;
const COOL_DOWN_MS = 5_000;
const KEY_COOL_DOWN_MS = 30_000;

/** What is known of a provider that answered. */
export interface FoundProvider {
  readonly configuration: Configuration;
  /** The keys that it signs with, read when they are needed. */
  readonly keys: JWTVerifyGetKey;
}

interface Attempt {
  readonly at: number;
  readonly found: Promise<FoundProvider>;
  failed: boolean;
}

/** A provider of OpenID Connect, whose configuration is read when it is needed first: it may be away at the start. */
export class OidcProvider {
  readonly issuer: URL;
  private readonly parts: OidcProviderParts;
  private readonly monotonic: () => number;
  /** Null: the built-in one. */
  private readonly fetch: FetchTrusting | null;
  private attempt: Attempt | null = null;
  private last: FoundProvider | null = null;
  private isAway = false;

  constructor(parts: OidcProviderParts) {
    this.issuer = parts.issuer;
    this.parts = parts;
    this.fetch = parts.authorities == null ? null : fetchTrusting(parts.authorities);
    this.monotonic = parts.monotonic ?? ((): number => performance.now());
  }

  /** @throws ProviderUnavailableError */
  async find(): Promise<FoundProvider> {
    const now = this.monotonic();
    const { attempt } = this;
    if (attempt === null || now - attempt.at > this.keepMs(attempt)) this.attempt = this.begin(now);
    try {
      return await (this.attempt as Attempt).found;
    } catch (error) {
      // What it said before its outage still holds, most likely; else the next request to it fails.
      if (this.last !== null) return this.last;
      throw error;
    }
  }

  private keepMs({ failed }: Attempt): number {
    return failed ? (this.parts.coolDownMs ?? COOL_DOWN_MS) : KEEP_MS;
  }

  private begin(at: number): Attempt {
    const attempt: Attempt = { at, found: this.discover(), failed: false };
    attempt.found.then(
      (found) => {
        this.last = found;
        if (this.isAway) this.parts.telemetry.emit(providerFound, { issuer: this.issuer.href });
        this.isAway = false;
      },
      (error: unknown) => {
        attempt.failed = true;
        const reason = error instanceof Error ? error.message : String(error);
        if (!this.isAway)
          this.parts.telemetry.emit(providerAway, { issuer: this.issuer.href, reason });
        this.isAway = true;
      },
    );
    return attempt;
  }

  private async discover(): Promise<FoundProvider> {
    const { issuer, clientId, clientSecret, skewSeconds = 0, keyCoolDownMs } = this.parts;
    try {
      const metadata = { [clockTolerance]: CLOCK_TOLERANCE_S, [clockSkew]: skewSeconds };
      const authentication = clientSecret === null ? None() : ClientSecretBasic(clientSecret);
      const configuration = await discovery(issuer, clientId, metadata, authentication, {
        timeout: TIMEOUT_S,
        ...(this.fetch !== null && { [customFetch]: this.fetch as CustomFetch }),
        // The settings allow it on this machine only.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; it is no older way
        ...(issuer.protocol === 'http:' && { execute: [allowInsecureRequests] }),
      });
      const { jwks_uri: keysAt } = configuration.serverMetadata();
      if (keysAt === undefined) throw new Error('its configuration has no jwks_uri');
      const keys = createRemoteJWKSet(new URL(keysAt), {
        timeoutDuration: TIMEOUT_S * 1_000,
        cooldownDuration: keyCoolDownMs ?? KEY_COOL_DOWN_MS,
        cacheMaxAge: KEYS_KEEP_MS,
        ...(this.fetch !== null && { [jwksFetch]: this.fetch }),
      });
      return { configuration, keys };
    } catch (error) {
      throw new ProviderUnavailableError(`${issuer.href} cannot be used: ${describe(error)}`, {
        cause: error,
      });
    }
  }
}

/** Errors of fetch say what happened in the cause of their cause. */
function describe(error: unknown): string {
  const texts: string[] = [];
  for (let inner = error; isErrorLike(inner) && texts.length < MOST_CAUSES; inner = inner.cause)
    texts.push(inner.message);
  return texts.filter((text) => text !== '').join(': ') || String(error);
}

const MOST_CAUSES = 4;

function isErrorLike(
  value: unknown,
): value is { readonly message: string; readonly cause?: unknown } {
  const { message } = (value ?? {}) as { readonly message?: unknown };
  return typeof message === 'string';
}
