import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';
import type { Role } from './session-api.ts';

/** Times are RFC 3339. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The only services whose events are seen; null: all. */
  readonly services: readonly string[] | null;
  readonly disabled: boolean;
  readonly hasPassword: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

/** What is absent stays as it is. */
export interface UserChange {
  readonly role?: Role;
  readonly services?: readonly string[] | null;
  readonly disabled?: boolean;
  readonly password?: string;
}

const PATH = '/api/v1/users';

/** The users, for admins. Every call rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class UsersApi {
  readonly #client = inject(ApiClient);

  async list(signal: AbortSignal): Promise<readonly User[]> {
    return (await this.#client.call<{ users: readonly User[] }>(PATH, { signal })).users;
  }

  async add(user: UserChange & { readonly name: string }): Promise<void> {
    await this.#client.call(PATH, { method: 'POST', body: user });
  }

  async change(id: string, change: UserChange): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'PUT', body: change });
  }

  async delete(id: string): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'DELETE' });
  }

  /** The number of sessions that were ended. */
  async endSessions(id: string): Promise<number> {
    const path = `${PATH}/${id}/sessions`;
    return (await this.#client.call<{ revoked: number }>(path, { method: 'DELETE' })).revoked;
  }
}
