import { canonicalFieldName } from '../../../libs/query/page.ts';
import { Component, computed, effect, inject, signal } from '@angular/core';
import type { Selection } from '../api/search-api.ts';
import { Icon } from '../icon/icon.ts';
import { QueryFilters } from '../search/query-filters.ts';
import { SearchLocation } from '../search/search-location.ts';
import { SearchSession } from '../search/search-session.ts';
import { TailSession } from '../tail/tail-session.ts';
import { Facet, type FacetChoice } from './facet.ts';
import { EVENT_FIELDS, FieldNames } from './field-names.ts';
import { PinnedFields } from './pinned-fields.ts';

const OPEN_AT_FIRST = ['level', 'service', 'resourceId'];
const METADATA_SHOWN = 30;
const LOOKED_AT_MS = 1_000;
/** What could be the name of a field of metadata. */
const FIELD_NAME = /^[\p{L}\p{N}_@][\p{L}\p{N}_.@-]+$/u;

/** The side bar: fields with their values and counts. */
@Component({
  selector: 'ps-fields-panel',
  imports: [Facet, Icon],
  template: `
    <label class="search-fields">
      <span class="visually-hidden" i18n>Search fields</span>
      <ps-icon name="search" class="small" />
      <input
        #search
        class="text-input"
        type="search"
        placeholder="Search fields"
        i18n-placeholder
        [value]="wanted()"
        (input)="wanted.set(search.value)"
      />
    </label>
    @if (outdated()) {
      <p class="none" role="status" i18n>Counts are of the search before</p>
    }
    <div class="facets">
      @for (field of fields(); track field) {
        <ps-facet
          [field]="field"
          [selection]="selection()"
          [total]="total()"
          [open]="opened().has(field)"
          (openChange)="toggle(field, $event)"
          [included]="filters.included(field)"
          [pinned]="pinned.names().includes(field)"
          (pinToggled)="pinned.toggle(field)"
          (chosen)="choose($event)"
          [again]="arrived()"
        />
      } @empty {
        <p class="none" i18n>No field of these events has “{{ wanted() }}” in its name.</p>
      }
      @if (further(); as name) {
        <button type="button" class="button small more" (click)="show(name)" i18n>
          Count the values of {{ name }}
        </button>
      }
    </div>
  `,
})
export class FieldsPanel {
  readonly #session = inject(SearchSession);
  readonly #location = inject(SearchLocation);
  readonly #tail = inject(TailSession);
  readonly #names = inject(FieldNames);
  protected readonly filters = inject(QueryFilters);

  protected readonly pinned = inject(PinnedFields);
  /** Fields that were asked for by name. */
  readonly #shown = signal<readonly string[]>([]);
  protected readonly wanted = signal('');
  protected readonly opened = signal<ReadonlySet<string>>(new Set(OPEN_AT_FIRST));
  /** What is on the screen; of the live tail, all that its query finds. */
  protected readonly selection = computed<Selection | null>(() =>
    this.#location.live()
      ? { q: this.#location.q(), from: null, to: null }
      : (this.#session.run()?.counted ?? null),
  );
  /** How many rows the tail has taken, as looked at once a second. */
  protected readonly arrived = signal(0);
  protected readonly outdated = computed(() => !this.#location.live() && this.#session.outdated());
  protected readonly total = computed(() =>
    this.#location.live() ? 0 : (this.#session.counts()?.total ?? 0),
  );
  protected readonly fields = computed(() => {
    const wanted = this.wanted().trim().toLowerCase();
    const known = [...this.pinned.names(), ...EVENT_FIELDS, ...this.#names.metadata()];
    const all = [...new Set([...known, ...this.#shown()])];
    if (wanted === '') return all.slice(0, EVENT_FIELDS.length + METADATA_SHOWN);
    return all.filter((field) => field.toLowerCase().includes(wanted));
  });

  /** A field that was named in full, and that none of the events on the screen has. */
  protected readonly further = computed(() => {
    const wanted = this.wanted().trim();
    if (!FIELD_NAME.test(wanted)) return null;
    const name = canonicalFieldName(wanted);
    return this.fields().includes(name) ? null : name;
  });

  constructor() {
    effect((onCleanup) => {
      if (!this.#location.live()) return;
      const timer = setInterval(() => {
        this.arrived.set(this.#tail.feed.taken);
      }, LOOKED_AT_MS);
      onCleanup(() => {
        clearInterval(timer);
      });
    });
  }

  protected show(name: string): void {
    this.#shown.update((names) => [...names, name]);
    this.wanted.set(name);
    this.toggle(name, true);
  }

  protected toggle(field: string, open: boolean): void {
    const opened = new Set(this.opened());
    if (open) opened.add(field);
    else opened.delete(field);
    this.opened.set(opened);
  }

  protected choose({ field, value, kind }: FacetChoice): void {
    if (kind === 'not') this.filters.exclude(field, value);
    else this.filters[kind](field, value);
  }
}
