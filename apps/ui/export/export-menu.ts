import { Component, computed, inject } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { SearchApi } from '../api/search-api.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchSession } from '../search/search-session.ts';

/** Downloads of everything that the search on the screen matches; the gateway streams them without a cap. */
@Component({
  selector: 'ps-export-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button small"
      [psPopover]="menu"
      [disabled]="urls() === null"
    >
      <ps-icon name="download" /> <span class="wide">Export</span>
    </button>
    <div #menu popover class="popover" role="dialog" aria-label="Export">
      @if (urls(); as urls) {
        <a class="menu-item" [href]="urls.csv" download (click)="trigger.close()"
          >CSV <span class="hint">all matching events</span></a
        >
        <a class="menu-item" [href]="urls.ndjson" download (click)="trigger.close()"
          >NDJSON <span class="hint">one JSON object per line</span></a
        >
        <button type="button" class="menu-item" (click)="copyCurl(); trigger.close()">
          Copy as curl
        </button>
      }
    </div>
  `,
})
export class ExportMenu {
  readonly #api = inject(SearchApi);
  readonly #clipboard = inject(Clipboard);
  readonly #session = inject(SearchSession);

  protected readonly urls = computed(() => {
    const run = this.#session.run();
    // There is no export of the most similar: it is of all that matches.
    if (run === null || run.similar) return null;
    const selection = run.resolved;
    return {
      csv: this.#api.exportUrl(selection, 'csv'),
      ndjson: this.#api.exportUrl(selection, 'ndjson'),
    };
  });

  protected copyCurl(): void {
    const url = this.urls()?.ndjson;
    if (url !== undefined)
      this.#clipboard.copy(`curl '${location.origin}${url.replaceAll("'", '%27')}'`);
  }
}
