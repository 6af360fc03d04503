import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { SearchApi } from '../api/search-api.ts';
import { FieldNames } from '../fields/field-names.ts';
import { Icon } from '../icon/icon.ts';
import { SearchLocation } from '../search/search-location.ts';
import { SearchModes } from '../search/search-modes.ts';
import { SearchSession } from '../search/search-session.ts';
import { TailSession } from '../tail/tail-session.ts';
import { HistoryMenu } from './history-menu.ts';
import { QueryEditor } from './query-editor.ts';
import { QueryHistory } from './query-history.ts';

const VALUES_OFFERED = 50;

@Component({
  selector: 'ps-query-bar',
  imports: [HistoryMenu, Icon],
  template: `
    <div class="field" role="search" [class.invalid]="error() !== null">
      <ps-icon name="search" />
      <div class="editor" #editor></div>
      @if (draft() !== '') {
        <button
          type="button"
          class="button icon small"
          (click)="clear()"
          aria-label="Clear the query"
          i18n-aria-label
        >
          <ps-icon name="close" class="small" />
        </button>
      }
      <ps-history-menu />
      @if (similarOffered()) {
        <button
          type="button"
          class="button small similar"
          title="Messages like these words, whatever the spelling, best first (m)"
          i18n-title
          aria-keyshortcuts="m"
          aria-label="Similar messages"
          i18n-aria-label
          [attr.aria-pressed]="location.similar()"
          (click)="toggleSimilar()"
        >
          <ps-icon name="similar" /> <span class="wide" i18n>Similar</span>
        </button>
      }
      <button
        type="button"
        class="button small submit"
        [class.primary]="draft() !== location.q()"
        (click)="submit(draft())"
        i18n
      >
        Search
      </button>
    </div>
    @if (error(); as error) {
      <div class="query-error">
        <ps-icon name="warning" class="small" />
        <div>
          <span role="alert">
            @if (error.column !== null) {
              <b i18n>Column {{ error.column }}:</b>&ngsp;
            }
            {{ error.message }}
          </span>
          @if (error.rewritten !== null) {
            <button
              type="button"
              class="button small outlined rewritten"
              (click)="searchInstead(error.rewritten)"
              i18n
            >
              Search for <code>{{ error.rewritten }}</code>
            </button>
          }
        </div>
      </div>
    }
  `,
})
export class QueryBar {
  protected readonly location = inject(SearchLocation);
  readonly #session = inject(SearchSession);
  readonly #tail = inject(TailSession);
  readonly #api = inject(SearchApi);
  readonly #fields = inject(FieldNames);
  readonly #modes = inject(SearchModes);
  readonly #history = inject(QueryHistory);
  private readonly host = viewChild.required<ElementRef<HTMLElement>>('editor');
  #editor: QueryEditor | null = null;

  protected readonly draft = signal('');
  /** Also where a link asks for it and the pipeline has none, so that it can be switched off. */
  protected readonly similarOffered = computed(
    () => this.location.similar() || this.#modes.available().includes('similar'),
  );
  /** What is wrong with the query that was sent, as long as it is the one in the field. */
  protected readonly error = computed(() => {
    const problem = this.location.live() ? this.#tail.problem() : this.#session.problem();
    if (problem?.ofTheQuery !== true || this.draft() !== this.location.q()) return null;
    // The column stands in front of the message already.
    const message = (problem.detail || problem.title).replace(/^(q: )?(column \d+: )?/, '');
    const { column, length, rewritten } = problem;
    return { column, length, message, rewritten };
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => this.#editor?.destroy());
    afterNextRender(() => {
      this.#editor = this.#createEditor();
      this.#editor.text = this.location.q();
    });
    effect(() => {
      const q = this.location.q();
      this.draft.set(q);
      if (this.#editor !== null) this.#editor.text = q;
    });
    effect(() => {
      const error = this.error();
      const at = error === null ? null : (error.column ?? 0) - 1;
      const place =
        error === null || at === null || at < 0 ? null : { from: at, to: at + error.length };
      this.#editor?.markError(place);
    });
  }

  focus(): void {
    this.#editor?.focus();
  }

  /** The button goes with the error. */
  protected searchInstead(query: string): void {
    this.submit(query);
    this.focus();
  }

  /** Marks a stretch of the query that was sent, to be edited. */
  select(from: number, to: number): void {
    if (this.#editor === null) return;
    this.#editor.text = this.location.q();
    this.#editor.select(from, to);
  }

  toggleSimilar(): void {
    if (this.similarOffered()) this.location.setSimilar(!this.location.similar());
  }

  protected clear(): void {
    this.submit('');
    this.focus();
  }

  protected submit(text: string): void {
    const q = text.trim();
    if (q !== this.location.q()) this.location.search(q);
    else if (!this.location.live()) this.#session.refresh();
  }

  #createEditor(): QueryEditor {
    const vocabulary = {
      fields: () => this.#fields.names(),
      values: (field: string, signal: AbortSignal) => this.#values(field, signal),
    };
    return new QueryEditor(this.host().nativeElement, vocabulary, {
      submitted: (text) => {
        this.submit(text);
      },
      changed: (text) => {
        this.draft.set(text);
      },
      left: () => {
        document.getElementById('rows')?.focus();
      },
      older: (text) => this.#history.older(text),
      newer: (text) => this.#history.newer(text),
    });
  }

  async #values(field: string, signal: AbortSignal): Promise<{ value: string; count: number }[]> {
    const selection = { q: '', ...this.location.range() };
    const answer = await this.#api.facets(selection, field, VALUES_OFFERED, signal);
    return [...answer.values];
  }
}
