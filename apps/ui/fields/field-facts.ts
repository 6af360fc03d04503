import { Component, computed, inject, input, signal } from '@angular/core';
import type { FieldStatistics } from '../api/answers.ts';
import { toProblem } from '../api/problem.ts';
import { SearchApi, type Selection } from '../api/search-api.ts';
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
      [attr.aria-label]="'Statistics of ' + field()"
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
      [attr.aria-label]="'Statistics of ' + field()"
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
    const events = number(this.answer()?.events ?? 0);
    return $localize`Partial: the time budget was reached after ${events}:count: events. Choose a shorter range to count all.`;
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
  const most = partial ? 'at least ' : '';
  return [
    { name: $localize`Events with it`, value: `${most}${number(present)} (${share.toFixed(1)}%)` },
    { name: $localize`Different values`, value: `${most}${number(distinct)}` },
    ...(numbers === null
      ? []
      : [
          { name: $localize`Least`, value: number(numbers.min) },
          { name: $localize`Median`, value: number(numbers.p50) },
          { name: $localize`Mean`, value: number(numbers.mean) },
          { name: '90% up to', value: number(numbers.p90) },
          { name: '99% up to', value: number(numbers.p99) },
          { name: $localize`Most`, value: number(numbers.max) },
        ]),
  ];
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}
