import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';

/** Something that somebody did. */
export interface AuditEntry {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string };
  readonly action: string;
  readonly target: string | null;
  readonly address: string | null;
  readonly outcome: 'ok' | 'failed' | 'refused';
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What is asked for; the empty text is everything. */
export interface AuditSearch {
  readonly q: string;
  readonly actor: string;
  readonly action: string;
  /** RFC 3339 or relative. */
  readonly from: string;
  readonly to: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly nextCursor: string | null;
}

const PATH = '/api/v1/audit';

/** What people did, for admins. Calls reject with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class AuditApi {
  readonly #client = inject(ApiClient);

  find(
    search: AuditSearch,
    cursor: string | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<AuditPage> {
    const parameters = encode({ ...search, cursor: cursor ?? '', limit: limit.toString() });
    return this.#client.call(`${PATH}?${parameters}`, { signal });
  }

  /** NDJSON, without a cap. */
  exportUrl(search: AuditSearch): string {
    return `${PATH}/export?${encode({ ...search })}`;
  }
}

function encode(parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return new URLSearchParams(given).toString();
}
