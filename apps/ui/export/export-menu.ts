import { Component, computed, inject, signal } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { Session } from '../access/session.ts';
import { SearchApi, type ExportRequest } from '../api/search-api.ts';
import { Choice } from '../choice/choice.ts';
import { Columns } from '../columns/columns.ts';
import { SOURCE } from '../columns/field-text.ts';
import { eventCount } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchSession } from '../search/search-session.ts';
import { ExportDownload } from './export-download.ts';

/** Downloads of everything that the search on the screen matches; the gateway streams them without a cap. */
@Component({
  selector: 'ps-export-menu',
  imports: [Choice, Icon, PopoverTrigger],
  providers: [ExportDownload],
  templateUrl: './export-menu.html',
})
export class ExportMenu {
  readonly #api = inject(SearchApi);
  readonly #clipboard = inject(Clipboard);
  readonly #session = inject(SearchSession);
  protected readonly access = inject(Session);
  readonly #columns = inject(Columns);
  protected readonly download = inject(ExportDownload);

  /** Only what the rows show, rather than whole events. */
  protected readonly shownOnly = signal(false);
  protected readonly contents = [
    { value: false, label: $localize`All fields` },
    { value: true, label: $localize`Columns shown` },
  ];
  protected readonly copied = signal(false);
  protected readonly requests = computed(() => {
    const run = this.#session.run();
    // There is no export of the most similar: it is of all that matches.
    if (run === null || run.similar) return null;
    const columns = this.shownOnly() ? this.#shown() : null;
    const request = { ...run.resolved, columns };
    return {
      csv: { ...request, format: 'csv' },
      ndjson: { ...request, format: 'ndjson' },
    } as const;
  });
  protected readonly progress = computed(() => {
    const progress = this.download.progress();
    if (progress === null) return null;
    const expected = this.#session.counts()?.total ?? 0;
    return {
      ...progress,
      share: expected === 0 ? null : Math.min(1, progress.events / expected),
      text: `${eventCount(progress.events)}, ${formatBytes(progress.bytes)}`,
    };
  });

  protected url(request: ExportRequest): string {
    return this.#api.exportUrl(request);
  }

  /** Where the page can keep the file itself it shows how far it is; else the link does what links do. */
  protected start(event: Event, request: ExportRequest): void {
    if (!this.download.supported) return;
    event.preventDefault();
    void this.download.start(request);
  }

  protected copyCurl(): void {
    const request = this.requests()?.ndjson;
    if (request === undefined) return;
    const url = `${location.origin}${this.url(request)}`.replaceAll("'", '%27');
    // The session of a login by curl (docs/access.md): that of the browser is not for scripts to read.
    const session = this.access.controlled() ? ['--cookie', 'jar'] : [];
    const line = ['curl', '--fail', '--compressed', ...session, `'${url}'`].join(' ');
    this.copied.set(this.#clipboard.copy(line));
  }

  #shown(): readonly string[] {
    const chosen = this.#columns
      .names()
      .flatMap((name) => (name === SOURCE ? ['service', 'resourceId'] : [name]));
    return [...new Set(['timestamp', 'level', ...chosen, 'message'])];
  }
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
