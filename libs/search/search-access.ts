import { RestrictedSearch } from './restricted-search.ts';
import { serviceFilter } from './row-filter.ts';
import type { SearchService } from './search-service.ts';

/** Gives a search only to whoever says for whom: there is no other way to the events. */
export class SearchAccess {
  private readonly all: SearchService;

  constructor(all: SearchService) {
    this.all = all;
  }

  /** @param services the only services whose events are seen; null: all events */
  of({ services }: { readonly services: readonly string[] | null }): SearchService {
    return services === null ? this.all : new RestrictedSearch(this.all, serviceFilter(services));
  }
}
