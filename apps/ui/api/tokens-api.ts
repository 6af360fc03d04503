import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';

/** What a token may send; null is no limit. */
export interface TokenToKeep {
  readonly name: string;
  readonly services: readonly string[] | null;
  readonly eventsPerSecond: number | null;
  readonly burst: number | null;
  readonly bytesPerDay: number | null;
  readonly disabled: boolean;
  /** RFC 3339; null: never. */
  readonly expiresAt: string | null;
}

export interface IngestToken extends TokenToKeep {
  readonly id: string;
  readonly state: 'active' | 'disabled' | 'expired';
  readonly createdAt: string;
  readonly rotatedAt: string | null;
  /** Until then the secret before the rotation is accepted too; null: there is none. */
  readonly previousUntil: string | null;
  /** Since midnight UTC. */
  readonly today: { readonly events: number; readonly bytes: number };
}

/** A token with its text, which is told this once. */
export interface IssuedToken {
  readonly token: IngestToken;
  readonly text: string;
}

const PATH = '/api/v1/tokens';

/** The ingest tokens, for admins. Every call rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class TokensApi {
  readonly #client = inject(ApiClient);

  async list(signal: AbortSignal): Promise<readonly IngestToken[]> {
    return (await this.#client.call<{ tokens: readonly IngestToken[] }>(PATH, { signal })).tokens;
  }

  create(token: TokenToKeep): Promise<IssuedToken> {
    return this.#client.call(PATH, { method: 'POST', body: token });
  }

  async change(id: string, token: TokenToKeep): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'PUT', body: token });
  }

  /** @param graceSeconds how long the secret before goes on being accepted */
  rotate(id: string, graceSeconds: number): Promise<IssuedToken> {
    const body = { graceSeconds };
    return this.#client.call(`${PATH}/${id}/rotate`, { method: 'POST', body });
  }

  async revoke(id: string): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'DELETE' });
  }
}
