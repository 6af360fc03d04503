import { Component, inject } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { visibleText } from '../results/visible-text.ts';
import { SearchLocation } from '../search/search-location.ts';
import { QueryHistory } from './query-history.ts';

/** The queries that were made in this browser. */
@Component({
  selector: 'ps-history-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button icon small"
      [psPopover]="menu"
      title="Queries made before (arrow up)"
      i18n-title
      aria-label="Queries made before"
      i18n-aria-label
    >
      <ps-icon name="history" />
    </button>
    <div
      #menu
      popover
      class="popover history-panel"
      role="dialog"
      aria-label="Queries made before"
      i18n-aria-label
    >
      @for (search of history.searches(); track search.q) {
        <button type="button" class="menu-item" (click)="trigger.close(); run(search.q)">
          <code class="from-log">{{ visible(search.q) }}</code>
        </button>
      } @empty {
        <p class="menu-title" i18n>Queries that you make are listed here.</p>
      }
      @if (history.searches().length > 0) {
        <button
          type="button"
          class="menu-item forget"
          (click)="trigger.close(); history.clear()"
          i18n
        >
          Forget them all
        </button>
      }
    </div>
  `,
})
export class HistoryMenu {
  protected readonly history = inject(QueryHistory);
  readonly #location = inject(SearchLocation);
  protected readonly visible = visibleText;

  protected run(q: string): void {
    this.#location.search(q);
  }
}
