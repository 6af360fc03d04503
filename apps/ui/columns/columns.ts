import { Injectable, computed, inject } from '@angular/core';
import { SearchLocation } from '../search/search-location.ts';
import { SOURCE } from './field-text.ts';

export const MOST_COLUMNS = 12;
const DEFAULT_COLUMNS: readonly string[] = [SOURCE];

/** The fields that stand between the level and the message of each row. */
@Injectable()
export class Columns {
  readonly #location = inject(SearchLocation);
  readonly #parameter = this.#location.parameter('cols');

  readonly names = computed<readonly string[]>(
    () => {
      const text = this.#parameter();
      if (text === null) return DEFAULT_COLUMNS;
      return [...new Set(text.split(',').filter((name) => name !== ''))].slice(0, MOST_COLUMNS);
    },
    { equal: (a, b) => a.length === b.length && a.every((name, at) => name === b[at]) },
  );
  /** Chosen by somebody, so that a heading must say what they are. */
  readonly chosen = computed(() => this.#parameter() !== null);
  readonly full = computed(() => this.names().length >= MOST_COLUMNS);

  has(name: string): boolean {
    return this.names().includes(name);
  }

  toggle(name: string): void {
    if (this.has(name)) this.#set(this.names().filter((column) => column !== name));
    else if (!this.full()) this.#set([...this.names(), name]);
  }

  /** Moves a column to where another one stands; beyond the ends it stays. */
  move(from: number, to: number): void {
    const names = [...this.names()];
    const [moved] = names.splice(from, 1);
    if (moved === undefined || to < 0 || to > names.length) return;
    this.#set(names.toSpliced(to, 0, moved));
  }

  reset(): void {
    this.#location.set({ cols: null });
  }

  #set(names: readonly string[]): void {
    this.#location.set({ cols: names.join(',') });
  }
}
