import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi, type SearchAnswer } from '../api/search-api.ts';
import { QueryHistory } from '../query-bar/query-history.ts';
import { PAGE_ROWS } from '../results/row-window.ts';
import { resolveBound } from '../time-range/time-range.ts';
import { SearchLocation } from './search-location.ts';
import { SearchRun, type CountedHistogram } from './search-run.ts';

/** A progress bar for less than this would only flicker. */
const SLOW_AFTER_MS = 150;

/** A server that is started again answers in a few seconds. */
const AGAIN_MS = 5_000;
const UNAVAILABLE = 503;

/** The results on the screen: of the last search that answered, until the next one does. */
@Injectable()
export class SearchSession {
  readonly #api = inject(SearchApi);
  readonly #location = inject(SearchLocation);
  readonly #history = inject(QueryHistory);
  #current: SearchRun | null = null;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  readonly #begun = signal<SearchRun | null>(null);
  readonly #shown = signal<SearchRun | null>(null);
  readonly #version = signal(0);
  /** The rows are read anew whenever `version` changes. */
  readonly version = this.#version.asReadonly();
  readonly run = this.#shown.asReadonly();
  readonly answer = signal<SearchAnswer | null>(null);
  /** What is drawn: of the search before until this one is counted. */
  readonly histogram = signal<CountedHistogram | null>(null);
  /** The search that `histogram` is of. */
  readonly #counted = signal<SearchRun | null>(null);
  /** The counts of the rows on the screen; null while they are not known, or cannot be. */
  readonly counts = computed(() => (this.#counted() === this.#shown() ? this.histogram() : null));
  /** The rows on the screen are new, and how many there are is not known yet. */
  readonly counting = computed(() => this.running() && !this.stale() && this.counts() === null);
  readonly problem = signal<ApiProblem | null>(null);
  /** Of fetching further rows; what is on the screen stays. */
  readonly rowsProblem = signal<ApiProblem | null>(null);
  readonly histogramProblem = signal<ApiProblem | null>(null);
  readonly running = signal(false);
  readonly slow = signal(false);
  /** Nothing is stored at all, so that no query could find anything. */
  readonly storeEmpty = signal(false);
  /** In how many ms a search is made again that failed for a reason that passes; null: not by itself. */
  readonly againMs = computed(() => (this.#location.live() ? null : againMs(this.problem())));
  readonly rows = computed(() => this.#shown()?.rows ?? null);
  /** The rows on the screen are of a search before the last one. */
  readonly stale = computed(() => this.#shown() !== null && this.#shown() !== this.#begun());
  /** The last search failed or was cancelled: what is on the screen is of one before it. */
  readonly outdated = computed(() => !this.running() && this.stale());

  constructor() {
    effect(() => {
      this.#location.selection();
      this.#location.similar();
      if (!this.#location.live()) untracked(() => void this.#start());
    });
    effect((onCleanup) => {
      // Read for each failure anew.
      this.problem();
      const wait = this.againMs();
      if (wait === null) return;
      const timer = setTimeout(() => void this.#start(), wait);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }

  refresh(): void {
    void this.#start();
  }

  /** Ends the running search; what was on the screen stays. */
  cancel(): void {
    if (!this.running()) return;
    this.#current?.cancel();
    this.#current = this.#shown();
    // Nobody counts the rows any more, and the counts of others say nothing about them.
    if (this.counting()) this.#count(this.#shown(), null);
    this.#finish();
  }

  /** Goes on where the time budget ended a page. */
  resume(): void {
    this.rowsProblem.set(null);
    this.rows()?.resume();
  }

  async #start(): Promise<void> {
    this.#current?.cancel();
    const run = this.#newRun();
    this.#current = run;
    this.#begun.set(run);
    this.running.set(true);
    this.histogramProblem.set(null);
    clearTimeout(this.#slowTimer);
    this.#slowTimer = setTimeout(() => {
      this.slow.set(true);
    }, SLOW_AFTER_MS);
    const counts = this.#countsOf(run);
    try {
      const answer = await run.firstPage(PAGE_ROWS);
      const storeEmpty = answer.hits.length === 0 && !answer.partial && (await this.#isEmpty(run));
      if (this.#current !== run) return;
      this.storeEmpty.set(storeEmpty);
      this.#show(run, answer);
      const histogram = await counts;
      if (this.#current === run) this.#count(run, histogram);
    } catch (error) {
      if (this.#current !== run || isAbort(error)) return;
      this.problem.set(toProblem(error));
    }
    this.#finish();
  }

  /** Null without them: similar rows are some of the best, which nobody counts. */
  async #countsOf(run: SearchRun): Promise<CountedHistogram | null> {
    if (run.similar) return null;
    try {
      return await run.histogram();
    } catch (error) {
      if (this.#current === run && !isAbort(error)) this.histogramProblem.set(toProblem(error));
      return null;
    }
  }

  async #isEmpty(run: SearchRun): Promise<boolean> {
    const { q, from, to } = run.selection;
    if (q === '' && from === null && to === null) return true;
    const everything = { q: '', from: null, to: null, cursor: null, limit: 1 };
    const answer = await this.#api.search(everything, run.signal);
    return answer.hits.length === 0;
  }

  #newRun(): SearchRun {
    const selection = this.#location.selection();
    const now = Date.now();
    const bounds = {
      from: resolveBound(selection.from, now),
      to: selection.to === 'now' ? null : resolveBound(selection.to, now),
    };
    return new SearchRun(this.#api, selection, this.#location.similar(), bounds, {
      changed: () => {
        this.#version.update((version) => version + 1);
      },
      failed: (error) => {
        if (!isAbort(error)) this.rowsProblem.set(toProblem(error));
      },
    });
  }

  #show(run: SearchRun, answer: SearchAnswer): void {
    this.problem.set(null);
    this.rowsProblem.set(null);
    this.#history.add(run.selection);
    this.answer.set(answer);
    this.#shown.set(run);
    this.#version.update((version) => version + 1);
  }

  #count(run: SearchRun | null, histogram: CountedHistogram | null): void {
    this.histogram.set(histogram);
    this.#counted.set(run);
  }

  #finish(): void {
    clearTimeout(this.#slowTimer);
    this.running.set(false);
    this.slow.set(false);
  }
}

/** What passes: nobody answers, or the one that does says that it cannot now. */
function againMs(problem: ApiProblem | null): number | null {
  if (problem?.code === 'unreachable') return AGAIN_MS;
  if (problem?.status !== UNAVAILABLE) return null;
  return Math.max(AGAIN_MS, (problem.retryAfterSeconds ?? 0) * 1_000);
}
