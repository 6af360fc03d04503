import { Component, DestroyRef, computed, inject, signal } from '@angular/core';
import { Session } from '../access/session.ts';
import { isAbort, toProblem } from '../api/problem.ts';
import { SegmentsApi, type StoredStretches } from '../api/segments-api.ts';
import { PageTop } from '../frame/page-top.ts';
import { formatBytes } from '../i18n/byte-size.ts';
import { eventCount, number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { barOf, PLACES, stretchName } from './stored-text.ts';

/** Where the events of each day lie, and what they take. */
@Component({
  selector: 'ps-stored-page',
  imports: [Icon, PageTop],
  templateUrl: './stored-page.html',
})
export class StoredPage {
  readonly #api = inject(SegmentsApi);
  readonly #abort = new AbortController();
  protected readonly allowed = inject(Session).may('pipeline:read');
  protected readonly places = PLACES;
  protected readonly stored = signal<StoredStretches | null>(null);
  protected readonly problem = signal<string | null>(null);

  protected readonly days = computed(() => {
    const segments = this.stored()?.segments ?? [];
    const largest = Math.max(0, ...segments.map(({ bytes }) => bytes));
    return segments.map((segment) => ({
      ...segment,
      name: stretchName(segment),
      bar: barOf(segment, largest),
      eventsText: number(segment.events),
      size: formatBytes(segment.bytes),
      each: segment.bytesPerEvent === null ? '–' : number(Math.round(segment.bytesPerEvent)),
    }));
  });
  protected readonly summary = computed(() => {
    const stored = this.stored();
    if (stored === null) return '';
    const { events, bytes } = stored;
    return [
      eventCount(events),
      formatBytes(bytes),
      ...(events === 0
        ? []
        : [$localize`${number(Math.round(bytes / events))}:bytes: bytes per event`]),
    ].join(' · ');
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.#abort.abort();
    });
    if (this.allowed) void this.read();
  }

  protected async read(): Promise<void> {
    try {
      this.stored.set(await this.#api.list(this.#abort.signal));
      this.problem.set(null);
    } catch (error) {
      if (isAbort(error)) return;
      const problem = toProblem(error);
      this.problem.set(problem.detail || problem.title);
    }
  }
}
