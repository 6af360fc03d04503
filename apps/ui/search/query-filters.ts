import { Injectable, computed, inject } from '@angular/core';
import {
  addFilter,
  canonicalFieldName,
  listFilters,
  removeFilter,
  type QueryFilter,
} from '../../../libs/query/page.ts';
import { SearchLocation } from './search-location.ts';

/** The conditions that stand at the top of the query, as pills and clicks change them. */
@Injectable()
export class QueryFilters {
  readonly #location = inject(SearchLocation);

  readonly list = computed<readonly QueryFilter[]>(() => listFilters(this.#location.q()));

  /** The values that the query asks a field to have. */
  readonly #included = computed(() => {
    const included = new Map<string, Set<string>>();
    for (const { field, value, negated } of this.list()) {
      if (negated || value === null) continue;
      const values = included.get(field) ?? new Set<string>();
      included.set(field, values.add(value));
    }
    return included;
  });

  included(field: string): ReadonlySet<string> {
    return this.#included().get(canonicalFieldName(field)) ?? NONE;
  }

  include(field: string, value: string): void {
    this.#location.search(addFilter(this.#location.q(), field, value, false));
  }

  exclude(field: string, value: string): void {
    this.#location.search(addFilter(this.#location.q(), field, value, true));
  }

  /** Takes the condition back where the query has it already. */
  toggle(field: string, value: string): void {
    const name = canonicalFieldName(field);
    const present = this.list().find(
      (filter) => filter.field === name && filter.value === value && !filter.negated,
    );
    if (present === undefined) this.include(field, value);
    else this.remove(present);
  }

  remove(filter: QueryFilter): void {
    this.#location.search(this.without(filter));
  }

  without(filter: QueryFilter): string {
    return removeFilter(this.#location.q(), filter);
  }
}

const NONE: ReadonlySet<string> = new Set();
