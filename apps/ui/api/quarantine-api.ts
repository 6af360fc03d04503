import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';

/** An event, or a whole batch, that could not be stored. */
export interface QuarantineEntry {
  readonly id: string;
  /** RFC 3339. */
  readonly quarantinedAt: string;
  /** A stable code, such as `refused-by-database`. */
  readonly reason: string;
  readonly detail: string;
  readonly batchId?: string;
  readonly events: number;
}

export interface QuarantinePage {
  /** Newest first. */
  readonly entries: readonly QuarantineEntry[];
  /** Null: there are no older ones. */
  readonly nextCursor: string | null;
}

/** What became of entries that were sent again. */
export interface ReplayReport {
  readonly replayed: number;
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  /** The time for it was over before all were tried. */
  readonly partial: boolean;
}

/** Which entries are sent again: some, or all of one reason. */
export type ReplayOf = { readonly ids: readonly string[] } | { readonly reason: string };

/** How an entry begins. */
export interface RawBeginning {
  readonly text: string;
  readonly whole: boolean;
}

const PATH = '/api/v1/quarantine';
/** Bytes of an entry that are looked at; the rest is for a download. */
const LOOKED_AT = 16_384;

/** What could not be stored, for admins. Every call rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class QuarantineApi {
  readonly #client = inject(ApiClient);

  list(reason: string, limit: number, signal: AbortSignal): Promise<QuarantinePage> {
    const parameters = new URLSearchParams({
      limit: limit.toString(),
      ...(reason !== '' && { reason }),
    });
    return this.#client.call(`${PATH}?${parameters.toString()}`, { signal });
  }

  /** Where the bytes of an entry are, as they were sent. */
  rawUrl(id: string): string {
    return `${PATH}/${id}`;
  }

  async rawBeginning(id: string, signal: AbortSignal): Promise<RawBeginning> {
    const response = await this.#client.stream(this.rawUrl(id), signal);
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (let read = 0; read < LOOKED_AT;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return { text: text + decoder.decode(), whole: true };
      text += decoder.decode(value.subarray(0, LOOKED_AT - read), { stream: true });
      read += value.length;
      if (read > LOOKED_AT) break;
    }
    await reader?.cancel();
    return { text, whole: false };
  }

  replay(which: ReplayOf): Promise<ReplayReport> {
    return this.#client.call(`${PATH}/replay`, { method: 'POST', body: which });
  }

  async delete(id: string): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'DELETE' });
  }
}
