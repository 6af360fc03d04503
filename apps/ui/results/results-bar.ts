import { Component, computed, inject } from '@angular/core';
import { ColumnsMenu } from '../columns/columns-menu.ts';
import { LEVELS } from '../api/log-hit.ts';
import { CompareMenu } from '../histogram/compare-menu.ts';
import { Comparison } from '../histogram/comparison.ts';
import { changeOf } from '../histogram/earlier-range.ts';
import { QueryFilters } from '../search/query-filters.ts';
import { ExportMenu } from '../export/export-menu.ts';
import { counted, eventCount, moreThanEvents, number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { SearchLocation } from '../search/search-location.ts';
import { SearchSession } from '../search/search-session.ts';
import { TailSession } from '../tail/tail-session.ts';
import { RowView } from './row-view.ts';
import { ViewMenu } from './view-menu.ts';

const STATES = {
  off: $localize`:of the live tail:off`,
  connecting: $localize`:of the live tail:connecting…`,
  open: $localize`:of the live tail:live`,
  reconnecting: $localize`:of the live tail:connection lost, reconnecting…`,
} as const;

/** What answers, by its name in the API. */
const ENGINES: Readonly<Record<string, string>> = {
  postgres: $localize`:what answered:Postgres`,
  columnar: $localize`:what answered:columnar files`,
  meilisearch: $localize`:what answered:Meilisearch`,
};

/** One line above the rows: what they are, and what can be done with them. */
@Component({
  selector: 'ps-results-bar',
  imports: [ColumnsMenu, CompareMenu, ExportMenu, Icon, ViewMenu],
  templateUrl: './results-bar.html',
  host: { class: 'results-bar' },
})
export class ResultsBar {
  protected readonly location = inject(SearchLocation);
  protected readonly session = inject(SearchSession);
  protected readonly tail = inject(TailSession);
  protected readonly view = inject(RowView);
  protected readonly comparison = inject(Comparison);
  readonly #filters = inject(QueryFilters);
  protected readonly levels = LEVELS;
  /** The least level that the query asks for, as this bar writes it. */
  protected readonly leastLevel = computed(() => {
    const filter = this.#filters.list().find(({ field, negated }) => field === 'level' && !negated);
    return LEVELS.find((level) => filter?.text === `>=${level}`) ?? null;
  });
  /** What became of the number of events since the earlier range. */
  protected readonly change = computed(() => {
    const earlier = this.comparison.earlier();
    const histogram = this.session.counts();
    if (this.comparison.problem() !== null) return $localize`the earlier range cannot be counted`;
    if (earlier === null || histogram === null) return null;
    const before = eventCount(earlier.total);
    // Of counts that are not whole the change would be made up.
    if (earlier.partial) return $localize`partial: ${moreThanEvents(earlier.total)}:events: before`;
    if (histogram.partial) return $localize`${before}:events: before`;
    return $localize`${before}:events: before, ${changeOf(histogram.total, earlier.total)}:change:`;
  });

  protected readonly count = computed(() => {
    this.session.version();
    const rows = this.session.rows();
    const histogram = this.session.counts();
    if (rows === null) return '';
    if (this.similar())
      return counted(
        $localize`:number of events:one {# similar event} other {# similar events}`,
        rows.total(),
      );
    if (rows.complete) return eventCount(rows.total());
    const least = Math.max(rows.loaded, histogram?.total ?? 0);
    return moreThanEvents(least);
  });
  protected readonly similar = computed(() => this.session.run()?.similar === true);
  protected readonly took = computed(() => {
    const answer = this.session.answer();
    if (answer === null) return null;
    const engines = new Intl.ListFormat($localize.locale ?? 'en').format(
      answer.engines.map((engine) => ENGINES[engine] ?? engine),
    );
    return {
      ms: `${Math.round(answer.tookMs).toString()} ms`,
      engines:
        answer.engines.length === 0
          ? $localize`Answered without an engine`
          : $localize`Answered from ${engines}:engines:`,
      from: answer.engines.length === 0 ? '' : $localize`from ${engines}:engines:`,
    };
  });
  protected readonly completeness = computed(() => {
    this.session.version();
    const rows = this.session.rows();
    if (rows === null) return '';
    if (this.similar()) return this.#ofSimilar(rows.total());
    if (!rows.complete && !rows.stopped && this.session.counts() === null)
      return this.session.counting() ? $localize`counting…` : $localize`not counted`;
    return rows.stopped || this.session.counts()?.partial === true
      ? $localize`:not all was looked at:partial`
      : $localize`:all was looked at:complete`;
  });
  protected setLeastLevel(value: string): void {
    this.#filters.setLeastLevel(LEVELS.find((level) => level === value) ?? null);
  }

  #ofSimilar(total: number): string {
    const order = total > 1 ? [$localize`best first`] : [];
    const part = this.session.answer()?.partial === true ? [$localize`only a part is indexed`] : [];
    return [...order, ...part].join(', ');
  }

  protected readonly live = computed(() => {
    this.tail.version();
    const { feed } = this.tail;
    return {
      state: this.tail.paused() ? $localize`:of the live tail:paused` : STATES[this.tail.state()],
      open: this.tail.state() === 'open' && !feed.held,
      received: eventCount(feed.received),
      rate: rateText(this.tail.rate()),
      waiting: feed.waiting,
      newRows: $localize`${number(feed.waiting)}:count: new`,
    };
  });
}

function rateText(perSecond: number): string {
  const shown = perSecond < 10 ? perSecond.toFixed(1) : number(Math.round(perSecond));
  return `${shown}/s`;
}
