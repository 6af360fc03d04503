import { Injectable, inject, signal } from '@angular/core';
import { Session } from '../access/session.ts';
import type { TimeRange } from '../time-range/time-range.ts';
import { readStored, store } from '../storage/stored-value.ts';

const KEY = 'penstock.history';
const KEPT = 50;

/** A search that was made. */
export interface PastSearch extends TimeRange {
  readonly q: string;
}

/** The queries of a user in this browser, newest first, each once. */
@Injectable({ providedIn: 'root' })
export class QueryHistory {
  readonly #key = inject(Session).keyFor(KEY);
  readonly #searches = signal<readonly PastSearch[]>(readStored(this.#key, isHistory) ?? []);
  readonly searches = this.#searches.asReadonly();

  add({ q, from, to }: PastSearch): void {
    if (q === '' || this.#searches()[0]?.q === q) return;
    const others = this.#searches().filter((search) => search.q !== q);
    this.#searches.set([{ q, from, to }, ...others].slice(0, KEPT));
    store(this.#key, this.#searches());
  }

  clear(): void {
    this.#searches.set([]);
    store(this.#key, []);
  }

  /** The query before a text, as a shell's arrow up gives it; null at the oldest. */
  older(text: string): string | null {
    return this.#searches()[this.#placeOf(text) + 1]?.q ?? null;
  }

  /** The query after a text; the empty one after the newest, null where the text is no query of the history. */
  newer(text: string): string | null {
    const at = this.#placeOf(text);
    if (at === -1) return null;
    return this.#searches()[at - 1]?.q ?? '';
  }

  #placeOf(text: string): number {
    return this.#searches().findIndex((search) => search.q === text);
  }
}

function isHistory(value: unknown): value is PastSearch[] {
  return Array.isArray(value) && value.every((search) => isPastSearch(search));
}

function isPastSearch(value: unknown): value is PastSearch {
  if (typeof value !== 'object' || value === null) return false;
  const { q, from, to } = value as Record<string, unknown>;
  return typeof q === 'string' && isBound(from) && isBound(to);
}

function isBound(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
