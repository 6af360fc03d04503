import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import {
  highlightTerms,
  listWords,
  removeFilter,
  rewriteForeign,
} from '../../../libs/query/page.ts';
import { isAbort } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { eventCount, moreThan } from '../i18n/counted.ts';
import { filterName, QueryFilters } from '../search/query-filters.ts';
import { SearchModes } from '../search/search-modes.ts';
import { SearchLocation } from '../search/search-location.ts';
import { ALL_TIME } from '../time-range/time-range.ts';
import { countLoosenings, type CountedLoosening, type Loosening } from './loosening.ts';

/** Of a long text each word is a search of its own. */
const MOST_WORDS = 8;

/** Says which condition hides the most, with a button for each. */
@Component({
  selector: 'ps-nothing-found',
  template: `
    <div class="blank">
      @if (similar()) {
        <h2 i18n>No similar message</h2>
      } @else {
        <h2 i18n>No event matches</h2>
      }
      @if (misspelt()) {
        <p i18n>The words may be written in another way:</p>
        <div class="choices">
          <button type="button" class="button outlined choice" (click)="alike()">
            <span i18n>Similar messages</span>
            <span class="gain" i18n>whatever the spelling</span>
          </button>
        </div>
      }
      @if (similar()) {
        <p i18n>The search index holds nothing like these words in this range.</p>
        <button type="button" class="button outlined" (click)="exactly()" i18n>
          Search exactly
        </button>
      } @else if (choices(); as choices) {
        @if (choices.length > 0) {
          <p i18n>These searches find something:</p>
          <div class="choices">
            @for (choice of choices; track choice.label) {
              <button type="button" class="button outlined choice" (click)="choose(choice)">
                <span class="from-log">{{ choice.label }}</span>
                <span class="gain">{{ shown(choice) }}</span>
              </button>
            }
          </div>
        } @else {
          <p i18n>
            Words must occur in the message as they are written, one after the other; values of
            fields must match exactly, upper and lower case included. Part of a word is found by
            <code>message:*part*</code>.
          </p>
        }
      } @else {
        <p i18n>Looking for what to loosen…</p>
      }
    </div>
  `,
})
export class NothingFound {
  readonly #api = inject(SearchApi);
  readonly #location = inject(SearchLocation);
  readonly #filters = inject(QueryFilters);
  readonly #modes = inject(SearchModes);
  protected readonly similar = this.#location.similar;
  /** A word that occurs nowhere may be written in another way. */
  protected readonly misspelt = computed(
    () =>
      !this.similar() &&
      this.#modes.available().includes('similar') &&
      highlightTerms(this.#location.q()).length > 0,
  );
  protected readonly choices = signal<readonly CountedLoosening[] | null>(null);

  readonly #loosenings = computed<readonly Loosening[]>(() => {
    const { q, from, to } = this.#location.selection();
    const found: Loosening[] = this.#filters.list().map((filter) => ({
      label: $localize`Without ${filterName(filter)}:filter:`,
      q: this.#filters.without(filter),
      allTime: false,
    }));
    found.push(...withoutWords(q));
    const rewritten = rewriteForeign(q);
    if (rewritten !== null)
      found.push({
        label: $localize`Written as ${rewritten}:query:`,
        q: rewritten,
        allTime: false,
      });
    if (from !== null || to !== null)
      found.push({ label: $localize`In all time`, q, allTime: true });
    if (q !== '') found.push({ label: $localize`Everything in this range`, q: '', allTime: false });
    return found;
  });

  constructor() {
    effect((onCleanup) => {
      if (this.similar()) return;
      const loosenings = this.#loosenings();
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      untracked(() => void this.#count(loosenings, abort.signal));
    });
  }

  protected shown(choice: CountedLoosening): string {
    return choice.partial ? moreThan(choice.count) : eventCount(choice.count);
  }

  protected alike(): void {
    this.#location.setSimilar(true);
  }

  protected exactly(): void {
    this.#location.setSimilar(false);
  }

  protected choose(choice: Loosening): void {
    this.#location.search(choice.q, choice.allTime ? ALL_TIME : this.#location.range());
  }

  async #count(loosenings: readonly Loosening[], signal: AbortSignal): Promise<void> {
    this.choices.set(null);
    try {
      const selection = this.#location.selection();
      this.choices.set(await countLoosenings(this.#api, selection, loosenings, signal));
    } catch (error) {
      if (!isAbort(error)) this.choices.set([]);
    }
  }
}

/** Each word or phrase left out, and all of them; something of the query is left. */
function withoutWords(q: string): Loosening[] {
  const words = listWords(q);
  const each = words.slice(0, MOST_WORDS).map((word) => ({
    label: $localize`Without ${word.text}:word:`,
    q: removeFilter(q, word),
    allTime: false,
  }));
  const bare = [...words].reverse().reduce(removeFilter, q);
  const all = { label: $localize`Without all of the words`, q: bare, allTime: false };
  return [...each, ...(words.length > 1 ? [all] : [])].filter(({ q: rest }) => rest !== '');
}
