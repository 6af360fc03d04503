import { Injectable, computed, inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, convertToParamMap } from '@angular/router';
import type { Selection } from '../api/search-api.ts';
import type { Zone } from '../time-range/format-time.ts';
import { sameRange, type TimeRange } from '../time-range/time-range.ts';

/** The parameters of the URL. */
export type ParameterName =
  | 'q'
  | 'off'
  | 'from'
  | 'to'
  | 'refresh'
  | 'mode'
  | 'view'
  | 'event'
  | 'tab'
  | 'live'
  | 'tz'
  | 'compare'
  | 'cols'
  | 'widths'
  | 'lines'
  | 'dense'
  | 'us'
  | 'fold';

/** What the URL says; a null removes the parameter. */
export type Parameters = Readonly<Partial<Record<ParameterName, string | null>>>;

/** What the results area shows. */
export type ResultsView = 'rows' | 'patterns';

/** The state of the page that is in the URL: the one place where it is read and changed. */
@Injectable()
export class SearchLocation {
  readonly #router = inject(Router);
  readonly #parameters = toSignal(inject(ActivatedRoute).queryParamMap, {
    initialValue: convertToParamMap({}),
  });

  readonly q = computed(() => this.#parameters().get('q') ?? '');
  readonly range = computed<TimeRange>(
    () => ({
      from: this.#parameters().get('from') || null,
      to: this.#parameters().get('to') || null,
    }),
    { equal: sameRange },
  );
  /** Id of the event in the detail panel. */
  readonly event = computed(() => this.#parameters().get('event') || null);
  /** Whether messages like the query's words are asked for, whatever the spelling. */
  readonly similar = computed(() => this.#parameters().get('mode') === 'similar');
  readonly live = computed(() => this.#parameters().get('live') === '1');
  readonly view = computed<ResultsView>(() =>
    this.#parameters().get('view') === 'patterns' && !this.live() ? 'patterns' : 'rows',
  );
  readonly zone = computed<Zone>(() => (this.#parameters().get('tz') === 'utc' ? 'utc' : 'local'));
  readonly selection = computed<Selection>(() => ({ q: this.q(), ...this.range() }));

  /** The text of a parameter, null where it is absent. */
  parameter(name: ParameterName): Signal<string | null> {
    return computed(() => this.#parameters().get(name));
  }

  /** A new entry in the history: the back button undoes it. */
  search(q: string, range: TimeRange = this.range(), more: Parameters = {}): void {
    this.#go({ q: q || null, from: range.from, to: range.to, event: null, ...more }, false);
  }

  searchRange(range: TimeRange): void {
    this.#go({ from: range.from, to: range.to, event: null, live: null }, false);
  }

  /** Opening the panel is a step in the history; moving from event to event in it is not. */
  openEvent(id: string, more: Parameters = {}): void {
    this.#go({ event: id, ...more }, this.event() !== null);
  }

  closeEvent(): void {
    if (this.event() !== null) this.#go({ event: null }, false);
  }

  /** A tail is exact: similarity compares events with one another. */
  setLive(on: boolean): void {
    this.#go({ live: on ? '1' : null, event: null, ...(on && { mode: null }) }, false);
  }

  setSimilar(on: boolean): void {
    this.#go({ mode: on ? 'similar' : null, event: null, live: null }, false);
  }

  setView(view: ResultsView): void {
    this.#go({ view: view === 'rows' ? null : view, event: null }, false);
  }

  setZone(zone: Zone): void {
    this.set({ tz: zone === 'utc' ? 'utc' : null });
  }

  /** How things are shown is no step in the history. */
  set(parameters: Parameters): void {
    this.#go(parameters, true);
  }

  #go(queryParams: Parameters, replaceUrl: boolean): void {
    void this.#router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl });
  }
}
