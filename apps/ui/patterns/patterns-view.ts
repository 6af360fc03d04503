import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { addTerm, templateQuery } from '../../../libs/query/page.ts';
import type { Pattern, PatternsAnswer } from '../api/answers.ts';
import { LEVELS, type Level } from '../api/log-hit.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi, type Selection } from '../api/search-api.ts';
import { counted, eventCount, number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { MarkedTextContent } from '../results/marked-text-content.ts';
import { SearchLocation } from '../search/search-location.ts';
import { SearchSession } from '../search/search-session.ts';
import { Sparkline } from './sparkline.ts';
import { templateParts, visibleTemplate } from './template-parts.ts';

const SHOWN = 200;

/** The messages of the search on the screen, grouped by what they have in common. */
@Component({
  selector: 'ps-patterns-view',
  imports: [Icon, MarkedTextContent, Sparkline],
  templateUrl: './patterns-view.html',
})
export class PatternsView {
  readonly #api = inject(SearchApi);
  readonly #location = inject(SearchLocation);
  readonly #session = inject(SearchSession);

  protected readonly answer = signal<PatternsAnswer | null>(null);
  protected readonly loading = signal(false);
  protected readonly problem = signal<ApiProblem | null>(null);
  /** Where the search itself failed, its notice has the button. */
  protected readonly retriable = computed(() => this.#session.problem() === null);
  protected readonly texts = {
    newest: $localize`Show the newest`,
    only: $localize`Show only these (+)`,
  };
  protected readonly summary = computed(() => {
    const answer = this.answer();
    return answer === null ? '' : summaryOf(answer);
  });
  protected readonly rows = computed(() => {
    const answer = this.answer();
    if (answer === null) return [];
    return answer.patterns.map((pattern) => ({
      pattern,
      level: commonLevel(pattern),
      text: visibleTemplate(pattern.template),
      parts: templateParts(pattern.template),
      count: number(pattern.count),
      share: `${((pattern.count / answer.events) * 100).toFixed(1)}%`,
      width: (pattern.count / answer.events) * 100,
      query: templateQuery(pattern.template),
    }));
  });

  constructor() {
    effect((onCleanup) => {
      const selection = this.#session.run()?.counted;
      if (selection === undefined) return;
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      untracked(() => void this.#load(selection, abort.signal));
    });
  }

  protected again(): void {
    this.#session.refresh();
  }

  /** Its events as rows. */
  protected only(query: string): void {
    this.#location.search(addTerm(this.#location.q(), query), undefined, { view: null });
  }

  protected without(query: string): void {
    this.#location.search(addTerm(this.#location.q(), `-(${query})`));
  }

  protected show(pattern: Pattern): void {
    this.#location.openEvent(pattern.example.id);
  }

  protected key(event: KeyboardEvent, query: string | null): void {
    if (query === null || (event.key !== '+' && event.key !== '-')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === '+') this.only(query);
    else this.without(query);
  }

  async #load(selection: Selection, signal: AbortSignal): Promise<void> {
    this.loading.set(true);
    try {
      this.answer.set(await this.#api.patterns(selection, SHOWN, signal));
      this.problem.set(null);
    } catch (error) {
      if (isAbort(error)) return;
      this.problem.set(toProblem(error));
    }
    this.loading.set(false);
  }
}

/** The level of most of them, the worse of equals. */
function commonLevel({ levels }: Pattern): Level {
  return LEVELS.reduce((best, level) =>
    (levels[level] ?? 0) > 0 && (levels[level] ?? 0) >= (levels[best] ?? 0) ? level : best,
  );
}

function summaryOf({ patterns, templates, events, partial }: PatternsAnswer): string {
  const all = counted($localize`:number of patterns:one {# pattern} other {# patterns}`, templates);
  const found =
    patterns.length < templates
      ? $localize`${number(patterns.length)}:shown: of ${all}:patterns:`
      : all;
  return partial
    ? $localize`${found}:patterns: in the newest ${eventCount(events)}:events:`
    : $localize`${found}:patterns: in ${eventCount(events)}:events:`;
}
