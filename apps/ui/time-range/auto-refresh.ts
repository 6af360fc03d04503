import { Injectable, computed, effect, inject } from '@angular/core';
import { SearchLocation } from '../search/search-location.ts';
import { SearchSession } from '../search/search-session.ts';
import { durationMs } from './time-range.ts';

export const REFRESH_INTERVALS = ['5s', '30s', '1m', '5m'] as const;
export type RefreshInterval = (typeof REFRESH_INTERVALS)[number];

/** Searches again every so often, as the URL says, while somebody looks and no event is open. */
@Injectable()
export class AutoRefresh {
  readonly #location = inject(SearchLocation);
  readonly #session = inject(SearchSession);
  readonly #parameter = this.#location.parameter('refresh');

  readonly interval = computed<RefreshInterval | null>(
    () => REFRESH_INTERVALS.find((interval) => interval === this.#parameter()) ?? null,
  );

  constructor() {
    effect((onCleanup) => {
      const interval = this.interval();
      if (interval === null || this.#location.live()) return;
      const timer = setInterval(
        () => {
          this.#refresh();
        },
        durationMs(interval) ?? undefined,
      );
      onCleanup(() => {
        clearInterval(timer);
      });
    });
  }

  set(interval: RefreshInterval | null): void {
    this.#location.set({ refresh: interval });
  }

  /** A search that takes longer than the interval is not cut off by the next one. */
  #refresh(): void {
    const reading = document.hidden || this.#location.event() !== null;
    if (!reading && !this.#session.running()) this.#session.refresh();
  }
}
