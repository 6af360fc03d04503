import { Injectable } from '@angular/core';
import type { TimeRange } from '../time-range/time-range.ts';
import { request } from './request.ts';

/** What is kept of a search; the range as it was written, null is open. */
export interface SearchToSave extends TimeRange {
  readonly name: string;
  /** The empty text is no folder. */
  readonly folder: string;
  readonly q: string;
  /** Null: those that rows have by themselves. */
  readonly columns: readonly string[] | null;
}

export interface SavedSearch extends SearchToSave {
  readonly id: string;
}

const PATH = '/api/v1/searches';

/** The searches that the gateway keeps. Every call rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class SavedSearchApi {
  async list(signal: AbortSignal): Promise<readonly SavedSearch[]> {
    const answer = await request<{ searches: readonly SavedSearch[] }>(PATH, { signal });
    return answer.searches;
  }

  add(search: SearchToSave): Promise<SavedSearch> {
    return request<SavedSearch>(PATH, { method: 'POST', ...bodyOf(search) });
  }

  replace(id: string, search: SearchToSave): Promise<SavedSearch> {
    return request<SavedSearch>(`${PATH}/${id}`, { method: 'PUT', ...bodyOf(search) });
  }

  async delete(id: string): Promise<void> {
    await request(`${PATH}/${id}`, { method: 'DELETE' });
  }
}

function bodyOf({ columns, ...search }: SearchToSave): RequestInit {
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...search, columns: columns?.join(',') ?? null }),
  };
}
