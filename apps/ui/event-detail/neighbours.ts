import { Component, effect, inject, input, output, signal } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import type { Highlighter } from '../results/marked-text.ts';
import { ResultRow } from '../results/result-row.ts';
import type { Zone } from '../time-range/format-time.ts';
import { TraceTimeline } from './trace-timeline.ts';

const STEP = 10;

const SCOPES = [
  { scope: 'all', label: 'All events' },
  { scope: 'service', label: 'Same service' },
  { scope: 'resource', label: 'Same resource' },
] as const;

/** The events around an event, or those of its trace, oldest first. */
@Component({
  selector: 'ps-neighbours',
  imports: [ResultRow, TraceTimeline],
  template: `
    @if (kind() === 'context') {
      <div class="scopes segmented" role="group" aria-label="Which events">
        @for (choice of scopes; track choice.scope) {
          <button
            type="button"
            class="button small"
            [attr.aria-pressed]="scope() === choice.scope"
            [disabled]="!has(choice.scope)"
            (click)="scope.set(choice.scope)"
          >
            {{ choice.label }}
          </button>
        }
      </div>
      <button type="button" class="button small more" (click)="before.set(before() + step)">
        {{ step }} older events
      </button>
    }
    @if (problem(); as problem) {
      <p class="hint" role="alert">{{ problem.title }}. {{ problem.detail }}</p>
    } @else if (hits() === null) {
      <p class="hint">Loading…</p>
    } @else {
      @if (kind() === 'trace') {
        <ps-trace-timeline [hits]="hits() ?? []" [event]="event()" (opened)="opened.emit($event)" />
      }
      <ol class="rows" [attr.aria-label]="kind() === 'context' ? 'Surrounding events' : 'Trace'">
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
      <button type="button" class="button small more" (click)="after.set(after() + step)">
        {{ step }} newer events
      </button>
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

  protected readonly scopes = SCOPES;
  protected readonly step = STEP;
  protected readonly scope = signal<'all' | 'service' | 'resource'>('all');
  protected readonly before = signal(STEP);
  protected readonly after = signal(STEP);
  protected readonly hits = signal<readonly LogHit[] | null>(null);
  protected readonly problem = signal<ApiProblem | null>(null);

  constructor() {
    effect((onCleanup) => {
      const abort = new AbortController();
      onCleanup(() => {
        abort.abort();
      });
      void this.#load(this.#request(abort.signal));
    });
  }

  protected has(scope: 'all' | 'service' | 'resource'): boolean {
    const { service, resourceId } = this.event();
    if (scope === 'service') return Boolean(service);
    return scope === 'all' || Boolean(resourceId);
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
