import { Component, computed, inject, signal } from '@angular/core';
import { FieldNames } from '../fields/field-names.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { visibleText } from '../results/visible-text.ts';
import { Columns } from './columns.ts';
import { SOURCE } from './field-text.ts';

const OFFERED = 200;
/** Every row shows them anyway. */
const ALWAYS: ReadonlySet<string> = new Set(['level', 'message', 'timestamp']);

/** Which fields are columns. */
@Component({
  selector: 'ps-columns-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button #trigger="psPopover" type="button" class="button small" [psPopover]="menu">
      <ps-icon name="columns" /> <span class="wide" i18n>Columns</span>
    </button>
    <div
      #menu
      popover
      class="popover columns-panel"
      role="dialog"
      aria-label="Columns"
      i18n-aria-label
    >
      <input
        #search
        class="text-input"
        type="search"
        aria-label="Search fields"
        i18n-aria-label
        placeholder="Search fields"
        i18n-placeholder
        [value]="wanted()"
        (input)="wanted.set(search.value)"
      />
      <div class="choices">
        @for (name of offered(); track name) {
          <label class="menu-item">
            <input
              type="checkbox"
              [checked]="columns.has(name)"
              [disabled]="columns.full() && !columns.has(name)"
              (change)="columns.toggle(name)"
            />
            <span class="from-log">{{ visible(name) }}</span>
            @if (name === source) {
              <span class="hint" i18n>service, else resource</span>
            }
          </label>
        } @empty {
          <p class="none" i18n>No field has “{{ wanted() }}” in its name.</p>
        }
      </div>
      @if (columns.chosen()) {
        <button type="button" class="menu-item" (click)="columns.reset(); trigger.close()" i18n>
          As at the beginning
        </button>
      }
    </div>
  `,
})
export class ColumnsMenu {
  protected readonly columns = inject(Columns);
  readonly #fields = inject(FieldNames);
  protected readonly visible = visibleText;
  protected readonly source = SOURCE;
  protected readonly wanted = signal('');
  /** The chosen ones first, so that they are found again. */
  protected readonly offered = computed(() => {
    const wanted = this.wanted().trim().toLowerCase();
    const names = [...this.columns.names(), SOURCE, ...this.#fields.names()];
    return [...new Set(names)]
      .filter((name) => !ALWAYS.has(name) && name.toLowerCase().includes(wanted))
      .slice(0, OFFERED);
  });
}
