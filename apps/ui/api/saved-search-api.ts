import { Injectable, inject } from '@angular/core';
import type { TimeRange } from '../time-range/time-range.ts';
import { ApiClient } from './api-client.ts';

/** What is kept of a search; the range as it was written, null is open. */
export interface SearchToSave extends TimeRange {
  readonly name: string;
  /** The empty text is no folder. */
  readonly folder: string;
  readonly q: string;
  /** Null: those that rows have by themselves. */
  readonly columns: readonly string[] | null;
  /** Others see it too; absent: as it is, and a new one is shared. */
  readonly shared?: boolean;
}

export interface SavedSearch extends SearchToSave {
  readonly id: string;
  readonly shared: boolean;
  /** Name of who saved it; null where nobody in particular did. */
  readonly owner: string | null;
  /** Whether who asks may replace and delete it. */
  readonly editable: boolean;
}

const PATH = '/api/v1/searches';

/** The searches that the gateway keeps. Every call rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class SavedSearchApi {
  readonly #client = inject(ApiClient);

  async list(signal: AbortSignal): Promise<readonly SavedSearch[]> {
    const answer = await this.#client.call<{ searches: readonly SavedSearch[] }>(PATH, {
      signal,
    });
    return answer.searches;
  }

  add(search: SearchToSave): Promise<SavedSearch> {
    return this.#client.call(PATH, { method: 'POST', body: bodyOf(search) });
  }

  replace(id: string, search: SearchToSave): Promise<SavedSearch> {
    return this.#client.call(`${PATH}/${id}`, { method: 'PUT', body: bodyOf(search) });
  }

  async delete(id: string): Promise<void> {
    await this.#client.call(`${PATH}/${id}`, { method: 'DELETE' });
  }
}

function bodyOf({ columns, ...search }: SearchToSave): object {
  return { ...search, columns: columns?.join(',') ?? null };
}
