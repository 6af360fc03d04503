import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';

export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Identity {
  readonly kind: 'anonymous' | 'user' | 'token';
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The only services whose events are seen; null: all. */
  readonly services: readonly string[] | null;
}

/** What the page makes depend on who uses it. */
export type Permission =
  | 'events:export'
  | 'searches:write'
  | 'pipeline:read'
  | 'account:write'
  | 'users:read'
  | 'users:write'
  | 'tokens:read'
  | 'tokens:write'
  | 'quarantine:read'
  | 'quarantine:write'
  | 'audit:read'
  | 'docs:read';

export interface SessionAnswer {
  readonly auth: 'on' | 'off';
  /** Null: nobody is signed in. */
  readonly identity: Identity | null;
  readonly permissions: readonly string[];
  readonly csrf: string | null;
  /** Ways to sign in. */
  readonly methods: readonly string[];
}

/** One browser that a user is signed in with. Times are RFC 3339. */
export interface AccountSession {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

const SESSION = '/api/v1/session';
const ACCOUNT = '/api/v1/account';

/** Who uses the page, and their own account. Every call rejects with an `ApiProblem`. */
@Injectable({ providedIn: 'root' })
export class SessionApi {
  readonly #client = inject(ApiClient);

  current(): Promise<SessionAnswer> {
    return this.#client.direct(SESSION);
  }

  signIn(name: string, password: string): Promise<SessionAnswer> {
    return this.#client.direct(SESSION, { method: 'POST', body: { name, password } });
  }

  async signOut(): Promise<void> {
    await this.#client.direct(SESSION, { method: 'DELETE' });
  }

  async changePassword(password: string, newPassword: string): Promise<void> {
    const body = { password, newPassword };
    await this.#client.call(`${ACCOUNT}/password`, { method: 'PUT', body });
  }

  async sessions(signal: AbortSignal): Promise<readonly AccountSession[]> {
    const path = `${ACCOUNT}/sessions`;
    return (await this.#client.call<{ sessions: readonly AccountSession[] }>(path, { signal }))
      .sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.#client.call(`${ACCOUNT}/sessions/${id}`, { method: 'DELETE' });
  }

  async endOtherSessions(): Promise<void> {
    await this.#client.call(`${ACCOUNT}/sessions`, { method: 'DELETE' });
  }
}
