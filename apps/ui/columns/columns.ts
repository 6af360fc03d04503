import { Injectable, computed, inject, signal } from '@angular/core';
import { SearchLocation } from '../search/search-location.ts';
import { clampWidth, readWidths, writeWidths } from './column-widths.ts';
import { SOURCE } from './field-text.ts';

export const MOST_COLUMNS = 12;
const DEFAULT_COLUMNS: readonly string[] = [SOURCE];

/** The fields that stand between the level and the message of each row. */
@Injectable()
export class Columns {
  readonly #location = inject(SearchLocation);
  readonly #parameter = this.#location.parameter('cols');
  readonly #widthsParameter = this.#location.parameter('widths');
  /** The width of a column that is being dragged, until it is let go. */
  readonly #dragged = signal<readonly [name: string, px: number] | null>(null);

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
  /** Px of the columns that were given a width; the others take what their place allows. */
  readonly widths = computed<ReadonlyMap<string, number>>(() => {
    const widths = readWidths(this.#widthsParameter());
    const dragged = this.#dragged();
    return dragged === null ? widths : new Map([...widths, dragged]);
  });
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

  /** Draws a column so wide without keeping it: while it is dragged. */
  showWidth(name: string, px: number): void {
    this.#dragged.set([name, clampWidth(px)]);
  }

  /** Null: as its place allows. */
  setWidth(name: string, px: number | null): void {
    const widths = new Map(readWidths(this.#widthsParameter()));
    if (px === null) widths.delete(name);
    else widths.set(name, clampWidth(px));
    this.#dragged.set(null);
    this.#location.set({ widths: writeWidths(widths) });
  }

  reset(): void {
    this.#location.set({ cols: null, widths: null });
  }

  #set(names: readonly string[]): void {
    const shown = new Set(names);
    const widths = [...readWidths(this.#widthsParameter())].filter(([name]) => shown.has(name));
    this.#location.set({ cols: names.join(','), widths: writeWidths(new Map(widths)) });
  }
}
