import type { Identity } from './identity.ts';

/** What of a request can say who sent it. */
export interface Credentials {
  /** The headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** It came, as far as is known, over TLS. */
  readonly secure: boolean;
}

/** Who sent a request, and how that is known. */
export interface Authentication {
  readonly identity: Identity;
  /**
   * `cookie`: a browser sends it by itself, so that a request that changes something must prove that a page of ours
   * made it. `header`: somebody put it there on purpose. `none`: access control is off.
   */
  readonly by: 'cookie' | 'header' | 'none';
  /** What `X-Penstock-CSRF` must say; null where nothing is sent by itself. */
  readonly csrf: string | null;
  /** The session of a `cookie`. */
  readonly sessionId: string | null;
}

export interface AuthenticateOptions {
  /** False: only looks, so that a session that nobody uses ends although a stream of it is open. */
  readonly counts: boolean;
}

/**
 * One way to find out who sent a request: sessions, bearer tokens. Several are asked in turn. Excluded: what the
 * identity may do.
 */
export interface Authenticator {
  /** Null where the request carries no valid credential of this kind. */
  authenticate(
    credentials: Credentials,
    options: AuthenticateOptions,
  ): Promise<Authentication | null>;
}
