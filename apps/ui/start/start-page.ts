import { Component, DestroyRef, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { addFilter } from '../../../libs/query/page.ts';
import { Session } from '../access/session.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { PageTop } from '../frame/page-top.ts';
import { HealthFeed } from '../pipeline-status/health-feed.ts';
import { healthFigures } from '../pipeline-status/health-text.ts';
import { eventCount, moreThanEvents, number } from '../i18n/counted.ts';
import { QueryHistory, type PastSearch } from '../query-bar/query-history.ts';
import { visibleText } from '../results/visible-text.ts';
import { foldersOf, parametersOf, SavedSearches } from '../saved/saved-searches.ts';
import { formatInstant } from '../time-range/format-time.ts';
import { rangeLabel } from '../time-range/time-range.ts';
import { readVolume, type Volume } from './volume.ts';

const RANGE = { from: '-24h', to: null };
const RECENT = 12;

/** Where to begin: saved and recent searches, who sends how much, how the pipeline is. */
@Component({
  selector: 'ps-start-page',
  imports: [PageTop, RouterLink],
  providers: [HealthFeed],
  templateUrl: './start-page.html',
})
export class StartPage {
  readonly #api = inject(SearchApi);
  protected readonly session = inject(Session);
  protected readonly saved = inject(SavedSearches);
  protected readonly health = inject(HealthFeed).health;

  protected readonly visible = visibleText;
  protected readonly recent = inject(QueryHistory).searches().slice(0, RECENT);
  protected readonly volume = signal<Volume | null>(null);
  protected readonly problem = signal<ApiProblem | null>(null);
  protected readonly folders = computed(() => foldersOf(this.saved.list() ?? []));
  protected readonly figures = computed(() => {
    const health = this.health();
    return health === null ? [] : healthFigures(health);
  });
  protected readonly services = computed(() => {
    const volume = this.volume();
    const most = Math.max(1, ...(volume?.services.map(({ total }) => total) ?? []));
    return (volume?.services ?? []).map(({ service, total, levels }) => ({
      service,
      total: number(total),
      parameters: { q: addFilter('', 'service', service, false), from: RANGE.from },
      levels: levels.map(({ level, count }) => ({
        level,
        width: (count / most) * 100,
        title: `${level}: ${number(count)}`,
        parameters: {
          q: addFilter(addFilter('', 'service', service, false), 'level', level, false),
          from: RANGE.from,
        },
      })),
    }));
  });
  protected readonly total = computed(() => {
    const volume = this.volume();
    if (volume === null) return '';
    return volume.partial ? moreThanEvents(volume.total) : eventCount(volume.total);
  });
  protected readonly beginnings = [
    { name: $localize`Everything`, parameters: {} },
    {
      name: $localize`Errors of the last 15 minutes`,
      parameters: { q: 'level:>=error', from: '-15m' },
    },
    { name: $localize`Patterns of the last hour`, parameters: { from: '-1h', view: 'patterns' } },
    { name: $localize`Live tail`, parameters: { live: '1' } },
  ] as const;
  protected readonly parametersOf = parametersOf;

  constructor() {
    const abort = new AbortController();
    inject(DestroyRef).onDestroy(() => {
      abort.abort();
    });
    void this.saved.read();
    void this.#readVolume(abort.signal);
  }

  protected rangeOf(search: { readonly from: string | null; readonly to: string | null }): string {
    return rangeLabel(search, (epochMs) => formatInstant(epochMs, 'local'));
  }

  protected parametersOfPast({ q, from, to }: PastSearch): Record<string, string | null> {
    return { q, from, to };
  }

  async #readVolume(signal: AbortSignal): Promise<void> {
    try {
      this.volume.set(await readVolume(this.#api, { q: '', ...RANGE }, signal));
    } catch (error) {
      if (!isAbort(error)) this.problem.set(toProblem(error));
    }
  }
}
