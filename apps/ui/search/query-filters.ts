import { Injectable, computed, inject } from '@angular/core';
import {
  addFilter,
  addTerm,
  canonicalFieldName,
  listFilters,
  negateFilter,
  removeFilter,
  setFilter,
  type QueryFilter,
} from '../../../libs/query/page.ts';
import type { Level } from '../api/log-hit.ts';
import { SearchLocation } from './search-location.ts';

/** Conditions that are switched off at most. */
const MOST_OFF = 20;
/** A query is one line, so that a line ends each of several. */
const SEPARATOR = '\n';

/** The conditions that stand at the top of the query, as pills and clicks change them. */
@Injectable()
export class QueryFilters {
  readonly #location = inject(SearchLocation);
  readonly #off = this.#location.parameter('off');

  readonly list = computed<readonly QueryFilter[]>(() => listFilters(this.#location.q()));
  /** Conditions that are switched off: as they were written. */
  readonly disabled = computed<readonly string[]>(() =>
    (this.#off() ?? '')
      .split(SEPARATOR)
      .filter((term) => term !== '')
      .slice(0, MOST_OFF),
  );

  /** The values that the query asks a field to have. */
  readonly #included = computed(() => {
    const included = new Map<string, Set<string>>();
    for (const { field, values, negated } of this.list()) {
      if (negated || values === null) continue;
      const known = included.get(field) ?? new Set<string>();
      for (const value of values) known.add(value);
      included.set(field, known);
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

  /** Only this value of the field; all of them again where it was the only one. */
  only(field: string, value: string): void {
    const included = this.included(field);
    const alone = included.size === 1 && included.has(value);
    this.#location.search(setFilter(this.#location.q(), field, alone ? [] : [value]));
  }

  /** This value as well as those that are chosen, or no longer. */
  also(field: string, value: string): void {
    const values = new Set(this.included(field));
    if (!values.delete(value)) values.add(value);
    this.#location.search(setFilter(this.#location.q(), field, [...values]));
  }

  /** Only events at least as severe; null is all. */
  setLeastLevel(level: Level | null): void {
    const bare = setFilter(this.#location.q(), 'level', []);
    this.#location.search(level === null ? bare : addTerm(bare, `level:>=${level}`));
  }

  remove(filter: QueryFilter): void {
    this.#location.search(this.without(filter));
  }

  negate(filter: QueryFilter): void {
    this.#location.search(negateFilter(this.#location.q(), filter));
  }

  /** Takes the condition out and remembers it. */
  disable(filter: QueryFilter): void {
    const term = this.#location.q().slice(filter.from, filter.to);
    this.#location.search(
      this.without(filter),
      undefined,
      this.#offWith([...this.disabled(), term]),
    );
  }

  enable(term: string): void {
    const q = addTerm(this.#location.q(), term);
    this.#location.search(q, undefined, this.#offWith(this.#others(term)));
  }

  discard(term: string): void {
    this.#location.set(this.#offWith(this.#others(term)));
  }

  without(filter: QueryFilter): string {
    return removeFilter(this.#location.q(), filter);
  }

  #others(term: string): readonly string[] {
    return this.disabled().filter((other) => other !== term);
  }

  #offWith(terms: readonly string[]): { readonly off: string | null } {
    return { off: terms.length === 0 ? null : terms.join(SEPARATOR) };
  }
}

const NONE: ReadonlySet<string> = new Set();

/** What a condition is called. */
export function filterName({ field, text, negated }: QueryFilter): string {
  return negated ? $localize`not ${field}:field: ${text}:value:` : `${field} ${text}`;
}
