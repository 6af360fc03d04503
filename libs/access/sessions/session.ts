import type { Micros } from '#event';

/** How long a session lasts. */
export interface SessionLife {
  /** It ends when it was not used for so long, in ms. */
  readonly idleMs: number;
  /** And so long after the login in any case, in ms. */
  readonly absoluteMs: number;
}

/** One browser that is logged in. */
export interface Session {
  /** A UUID; not the token. */
  readonly id: string;
  readonly createdAt: Micros;
  /** To a minute or so. */
  readonly lastSeenAt: Micros;
  readonly expiresAt: Micros;
  /** At the login. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface NewSession {
  readonly id: string;
  /** For the cookie; it is stored nowhere. */
  readonly token: string;
  readonly expiresAt: Micros;
}

/** Where a login comes from. */
export interface Client {
  readonly address: string | null;
  readonly userAgent: string | null;
}
