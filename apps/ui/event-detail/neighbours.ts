import { Component, computed, effect, inject, input, output, signal } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import type { Highlighter } from '../results/marked-text.ts';
import { ResultRow } from '../results/result-row.ts';
import type { Zone } from '../time-range/format-time.ts';
import { TraceTimeline } from './trace-timeline.ts';

const STEP = 10;

type Scope = 'all' | 'service' | 'resource';

/** The events around an event, or those of its trace, oldest first. */
@Component({
  selector: 'ps-neighbours',
  imports: [Choice, ResultRow, TraceTimeline],
  template: `
    @if (kind() === 'context') {
      <ps-choice
        class="scopes"
        label="Which events"
        i18n-label
        [options]="scopes()"
        [value]="scope()"
        (chosen)="scope.set($event)"
      />
      @if (older()) {
        <button type="button" class="button small more" (click)="before.set(before() + step)" i18n>
          {{ step }} older events
        </button>
      } @else {
        <p class="hint" i18n>Nothing is older.</p>
      }
    }
    @if (problem(); as problem) {
      <p class="hint" role="alert">
        {{ problem.title }}. {{ problem.detail }}
        <button
          type="button"
          class="button small outlined"
          (click)="attempt.set(attempt() + 1)"
          i18n
        >
          Try again
        </button>
      </p>
    } @else if (hits() === null) {
      <p class="hint" i18n>Loading…</p>
    } @else {
      @if (kind() === 'trace') {
        <ps-trace-timeline [hits]="hits() ?? []" [event]="event()" (opened)="opened.emit($event)" />
      }
      <ol class="rows" [attr.aria-label]="texts[kind()]">
        @for (hit of hits(); track hit.id) {
          <li [attr.aria-current]="hit.id === event().id ? 'true' : null">
            <button type="button" class="row-button" (click)="opened.emit(hit)">
              <ps-result-row
                [hit]="hit"
                [zone]="zone()"
                [highlighter]="highlighter()"
                [attr.aria-selected]="hit.id === event().id"
              />
            </button>
          </li>
        }
      </ol>
    }
    @if (kind() === 'context') {
      @if (newer()) {
        <button type="button" class="button small more" (click)="after.set(after() + step)" i18n>
          {{ step }} newer events
        </button>
      } @else {
        <p class="hint" i18n>Nothing is newer.</p>
      }
    }
  `,
})
export class Neighbours {
  readonly #api = inject(SearchApi);
  readonly event = input.required<LogHit>();
  readonly kind = input.required<'context' | 'trace'>();
  readonly zone = input.required<Zone>();
  readonly highlighter = input.required<Highlighter>();
  readonly opened = output<LogHit>();

  /** An event without a service has no other events of its service. */
  protected readonly scopes = computed<readonly ChoiceOption<Scope>[]>(() => {
    const { service, resourceId } = this.event();
    return [
      { value: 'all', label: $localize`All events` },
      { value: 'service', label: $localize`Same service`, disabled: !service },
      { value: 'resource', label: $localize`Same resource`, disabled: !resourceId },
    ];
  });
  protected readonly texts = { context: $localize`Surrounding events`, trace: $localize`Trace` };
  protected readonly step = STEP;
  protected readonly scope = signal<Scope>('all');
  protected readonly before = signal(STEP);
  protected readonly after = signal(STEP);
  protected readonly hits = signal<readonly LogHit[] | null>(null);
  protected readonly problem = signal<ApiProblem | null>(null);
  protected readonly attempt = signal(0);
  /** Whether there may be more on a side than was asked for. */
  protected readonly older = computed(
    () => this.#place() === null || this.#place() === this.before(),
  );
  protected readonly newer = computed(() => {
    const place = this.#place();
    return place === null || (this.hits()?.length ?? 0) - 1 - place === this.after();
  });
  /** How many of the events are older than the one in the middle; null until they are here. */
  readonly #place = computed(() => {
    const place = this.hits()?.findIndex(({ id }) => id === this.event().id) ?? -1;
    return place === -1 ? null : place;
  });

  constructor() {
    effect((onCleanup) => {
      this.attempt();
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      void this.#load(this.#request(abort.signal));
    });
  }

  #request(signal: AbortSignal): Promise<readonly LogHit[]> {
    const event = this.event();
    if (this.kind() === 'trace') return this.#api.trace(event.traceId ?? '', signal);
    const around = { before: this.before(), after: this.after(), scope: this.scope() };
    return this.#api.context(event.id, around, signal);
  }

  async #load(request: Promise<readonly LogHit[]>): Promise<void> {
    try {
      this.hits.set(await request);
      this.problem.set(null);
    } catch (error) {
      if (!isAbort(error)) this.problem.set(toProblem(error));
    }
  }
}
