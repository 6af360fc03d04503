import { Injectable, computed, inject } from '@angular/core';
import { SearchLocation } from '../search/search-location.ts';
import { injectNarrowScreen } from '../theme/narrow-screen.ts';

export const LINES = [1, 2, 3, 5, 8] as const;
/** What the button that wraps gives. */
const WRAPPED = 3;

export const FOLDS = ['off', 'same', 'alike'] as const;
/** Which neighbours are one row: the same message of one sender, or the same but for numbers and ids. */
export type Fold = (typeof FOLDS)[number];

/** How rows are drawn, as the URL says. */
@Injectable()
export class RowView {
  readonly #location = inject(SearchLocation);
  readonly #lines = this.#location.parameter('lines');
  readonly #dense = this.#location.parameter('dense');
  readonly #micros = this.#location.parameter('us');
  readonly #fold = this.#location.parameter('fold');
  readonly narrow = injectNarrowScreen();

  /** Lines of a message at most. */
  readonly lines = computed(() => LINES.find((lines) => lines === Number(this.#lines())) ?? 1);
  readonly dense = computed(() => this.#dense() === '1');
  readonly micros = computed(() => this.#micros() === '1');
  readonly fold = computed<Fold>(() => FOLDS.find((fold) => fold === this.#fold()) ?? 'off');
  /** Px of one line of text. */
  readonly lineHeight = computed(() => {
    if (this.lines() === 1) return this.dense() ? 18 : 22;
    return this.dense() ? 17 : 20;
  });
  /** Px. On a narrow screen time, level and source have a line of their own. */
  readonly rowHeight = computed(() => {
    if (this.narrow()) return 44 + (this.lines() - 1) * 20;
    const padding = this.lines() === 1 ? 0 : 4;
    return this.lines() * this.lineHeight() + padding;
  });

  setLines(lines: number): void {
    this.#location.set({ lines: lines === 1 ? null : lines.toString() });
  }

  toggleWrap(): void {
    this.setLines(this.lines() === 1 ? WRAPPED : 1);
  }

  setDense(on: boolean): void {
    this.#location.set({ dense: on ? '1' : null });
  }

  setMicros(on: boolean): void {
    this.#location.set({ us: on ? '1' : null });
  }

  setFold(fold: Fold): void {
    this.#location.set({ fold: fold === 'off' ? null : fold });
  }
}
