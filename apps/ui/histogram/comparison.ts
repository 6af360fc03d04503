import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { SearchLocation } from '../search/search-location.ts';
import type { SearchRun } from '../search/search-run.ts';
import { SearchSession } from '../search/search-session.ts';
import { backBy, COMPARISONS, type ComparedWith } from './earlier-range.ts';
import { totalOf } from './histogram-layout.ts';

/** Counts of the earlier range, at the times of the present one. */
export interface EarlierCounts {
  /** Epoch ms. */
  readonly buckets: readonly { readonly start: number; readonly total: number }[];
  readonly total: number;
  readonly partial: boolean;
}

/** The histogram of an earlier range beside the one on the screen. */
@Injectable()
export class Comparison {
  readonly #api = inject(SearchApi);
  readonly #location = inject(SearchLocation);
  readonly #session = inject(SearchSession);
  readonly #parameter = this.#location.parameter('compare');

  readonly with = computed<ComparedWith | null>(
    () => COMPARISONS.find((each) => each === this.#parameter()) ?? null,
  );
  /** Without a start there is nothing that was before. */
  readonly possible = computed(() => {
    const axis = this.#session.run()?.axis;
    return axis !== undefined && axis.from !== null && axis.to !== null;
  });
  readonly earlier = signal<EarlierCounts | null>(null);
  readonly problem = signal<ApiProblem | null>(null);

  constructor() {
    effect((onCleanup) => {
      const run = this.#session.run();
      const histogram = this.#session.counts();
      const compared = this.with();
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      untracked(() => {
        this.problem.set(null);
        if (run === null || histogram === null || compared === null || !this.possible())
          this.earlier.set(null);
        else void this.#load(run, histogram.widthMs, compared, abort.signal);
      });
    });
  }

  set(compared: ComparedWith | null): void {
    this.#location.set({ compare: compared });
  }

  async #load(
    run: SearchRun,
    widthMs: number,
    compared: ComparedWith,
    signal: AbortSignal,
  ): Promise<void> {
    const from = run.axis.from ?? 0;
    const to = run.axis.to ?? 0;
    const back = backBy(compared, to - from, widthMs);
    const selection = { q: run.counted.q, from: iso(from - back), to: iso(to - back) };
    try {
      const answer = await this.#api.histogram(
        selection,
        signal,
        `${(widthMs / 1_000).toString()}s`,
      );
      const buckets = answer.buckets.map(({ start, counts }) => ({
        start: Date.parse(start) + back,
        total: totalOf(counts),
      }));
      const total = buckets.reduce((sum, bucket) => sum + bucket.total, 0);
      this.earlier.set({ buckets, total, partial: answer.partial });
    } catch (error) {
      if (isAbort(error)) return;
      this.earlier.set(null);
      this.problem.set(toProblem(error));
    }
  }
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
