import {
  Component,
  computed,
  effect,
  inject,
  input,
  model,
  output,
  signal,
  untracked,
} from '@angular/core';
import { isAbort } from '../api/problem.ts';
import { SearchApi, type Selection } from '../api/search-api.ts';
import { eventCount, number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { visibleText } from '../results/visible-text.ts';
import { CountingPause } from './counting-pause.ts';
import { FieldFacts } from './field-facts.ts';
import {
  EMPTY_FACET,
  VALUES_MORE,
  VALUES_SHOWN,
  readFacet,
  type FacetState,
} from './facet-values.ts';

export interface FacetChoice {
  readonly field: string;
  readonly value: string;
  /** `only` it, it as well as those that are chosen (`also`), or not it (`not`). */
  readonly kind: 'only' | 'also' | 'not';
}

/** One field of the side bar: its most frequent values with their share of the result. */
@Component({
  selector: 'ps-facet',
  imports: [FieldFacts, Icon],
  templateUrl: './facet.html',
})
export class Facet {
  readonly #api = inject(SearchApi);
  readonly field = input.required<string>();
  /** What the values are counted over; null before the first search. */
  readonly selection = input.required<Selection | null>();
  /** Number of events of the selection; 0 while unknown. */
  readonly total = input.required<number>();
  readonly open = model.required<boolean>();
  /** Values that filters of the query name. */
  readonly included = input<ReadonlySet<string>>(new Set());
  readonly pinned = input(false);
  readonly pinToggled = output();
  readonly chosen = output<FacetChoice>();
  /** The values are counted again where it changes; see `CountingPause`. */
  readonly again = input(0);

  protected readonly visible = visibleText;
  protected readonly empty = $localize`(empty)`;
  protected readonly all = signal(false);
  protected readonly state = signal<FacetState>(EMPTY_FACET);
  protected readonly rows = computed(() => {
    const { values } = this.state();
    const sum = values.reduce((total, { count }) => total + count, 0);
    const whole = Math.max(this.total(), sum, 1);
    return values.map(({ value, count }) => ({
      value,
      count: number(count),
      events: eventCount(count),
      share: (count / whole) * 100,
      percent: percent(count / whole),
    }));
  });

  #abort = new AbortController();
  readonly #pause = new CountingPause();

  constructor() {
    effect((onCleanup) => {
      const selection = this.selection();
      if (selection === null || !this.open()) return;
      this.#abort = new AbortController();
      const { signal } = this.#abort;
      onCleanup(() => {
        this.#abort.abort();
      });
      const limit = this.all() ? VALUES_MORE : VALUES_SHOWN;
      untracked(() => void this.#load(selection, limit, signal));
    });
    effect((onCleanup) => {
      if (this.again() === 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wait = (): void => {
        const rest = this.#pause.restMs(performance.now());
        if (rest > 0) timer = setTimeout(wait, rest);
        else void this.#loadAgain();
      };
      untracked(wait);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }

  protected key(event: KeyboardEvent, value: string): void {
    if (event.key !== '+' && event.key !== '-') return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(value, event.key === '-' ? 'not' : 'also');
  }

  protected clicked(event: MouseEvent, value: string): void {
    this.choose(value, event.shiftKey || event.ctrlKey || event.metaKey ? 'also' : 'only');
  }

  protected choose(value: string, kind: FacetChoice['kind']): void {
    this.chosen.emit({ field: this.field(), value, kind });
  }

  async #load(selection: Selection, limit: number, signal: AbortSignal): Promise<void> {
    this.state.update((state) => ({ ...state, loading: true, failed: false }));
    try {
      this.state.set(await this.#read(selection, limit, signal));
    } catch (error) {
      if (!isAbort(error)) this.state.set({ ...EMPTY_FACET, failed: true });
    }
  }

  /** What is on the screen stays until then, and where it fails. */
  async #loadAgain(): Promise<void> {
    const selection = this.selection();
    if (selection === null || !this.open() || this.state().loading) return;
    const limit = this.all() ? VALUES_MORE : VALUES_SHOWN;
    try {
      this.state.set(await this.#read(selection, limit, this.#abort.signal));
    } catch {
      // It is asked for again with the next rows; who answers nothing is told above the rows.
    }
  }

  async #read(selection: Selection, limit: number, signal: AbortSignal): Promise<FacetState> {
    this.#pause.begin(performance.now());
    try {
      return await readFacet(this.#api, selection, this.field(), limit, signal);
    } finally {
      this.#pause.end(performance.now());
    }
  }
}

function percent(share: number): string {
  if (share >= 0.995) return '100%';
  if (share < 0.001) return '<0.1%';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}
