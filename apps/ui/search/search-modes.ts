import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { isAbort } from '../api/problem.ts';
import { SearchApi, type SearchMode } from '../api/search-api.ts';

/** The modes of search that this pipeline has; the exact one alone until the answer is here. */
@Injectable()
export class SearchModes {
  readonly #available = signal<readonly SearchMode[]>(['exact']);
  readonly available = this.#available.asReadonly();

  constructor() {
    const abort = new AbortController();
    inject(DestroyRef).onDestroy(() => {
      abort.abort();
    });
    void this.#load(inject(SearchApi), abort.signal);
  }

  async #load(api: SearchApi, signal: AbortSignal): Promise<void> {
    try {
      this.#available.set(await api.modes(signal));
    } catch (error) {
      // Where the server does not answer, the search itself says so; the switch stays away.
      if (!isAbort(error)) this.#available.set(['exact']);
    }
  }
}
