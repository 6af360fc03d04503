import { Component, computed, inject, input, signal } from '@angular/core';
import type { FieldStatistics } from '../api/answers.ts';
import { toProblem } from '../api/problem.ts';
import { SearchApi, type Selection } from '../api/search-api.ts';
import { eventCount, number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';

interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What a field holds, asked for when somebody wants to know. */
@Component({
  selector: 'ps-field-facts',
  imports: [Icon, PopoverTrigger],
  template: `
    <button
      type="button"
      class="button icon small"
      title="Statistics"
      i18n-title
      ariaLabel="Statistics of {{ field() }}"
      i18n-ariaLabel
      [psPopover]="panel"
      (click)="load()"
    >
      <ps-icon name="stats" class="small" />
    </button>
    <div
      #panel
      popover
      tabindex="-1"
      class="popover facts"
      role="dialog"
      ariaLabel="Statistics of {{ field() }}"
      i18n-ariaLabel
    >
      <p class="menu-title from-log">{{ field() }}</p>
      @if (problem(); as problem) {
        <p class="menu-title" role="alert">{{ problem }}</p>
      } @else {
        @if (answer()?.partial) {
          <p class="partial" role="status">{{ partial() }}</p>
        }
        <dl>
          @for (fact of facts(); track fact.name) {
            <dt>{{ fact.name }}</dt>
            <dd>{{ fact.value }}</dd>
          } @empty {
            <dt i18n>Counting…</dt>
          }
        </dl>
      }
    </div>
  `,
})
export class FieldFacts {
  readonly #api = inject(SearchApi);
  readonly field = input.required<string>();
  readonly selection = input.required<Selection | null>();

  protected readonly answer = signal<FieldStatistics | null>(null);
  protected readonly problem = signal<string | null>(null);
  protected readonly facts = computed<readonly Fact[]>(() => {
    const answer = this.answer();
    return answer === null ? [] : factsOf(answer);
  });
  protected readonly partial = computed(() => {
    const events = eventCount(this.answer()?.events ?? 0);
    return $localize`Partial: the time budget was reached after ${events}:events:. Choose a shorter range to count all.`;
  });
  #abort = new AbortController();

  protected load(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.answer.set(null);
    this.problem.set(null);
    const selection = this.selection();
    if (selection !== null) void this.#load(selection, this.#abort.signal);
  }

  async #load(selection: Selection, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#api.fieldStatistics(selection, this.field(), signal);
      if (!signal.aborted) this.answer.set(answer);
    } catch (error) {
      const problem = toProblem(error);
      if (!signal.aborted) this.problem.set(problem.detail || problem.title);
    }
  }
}

function factsOf({ events, present, distinct, numbers, partial }: FieldStatistics): Fact[] {
  const share = events === 0 ? 0 : (present / events) * 100;
  const atLeast = (text: string): string => (partial ? $localize`at least ${text}:count:` : text);
  return [
    {
      name: $localize`Events with it`,
      value: atLeast(`${figure(present)} (${share.toFixed(1)}%)`),
    },
    { name: $localize`Different values`, value: atLeast(figure(distinct)) },
    ...(numbers === null
      ? []
      : [
          { name: $localize`Least`, value: figure(numbers.min) },
          { name: $localize`Median`, value: figure(numbers.p50) },
          { name: $localize`Mean`, value: figure(numbers.mean) },
          { name: $localize`90% up to`, value: figure(numbers.p90) },
          { name: $localize`99% up to`, value: figure(numbers.p99) },
          { name: $localize`Most`, value: figure(numbers.max) },
        ]),
  ];
}

function figure(value: number): string {
  return number(value, { maximumFractionDigits: 3 });
}
