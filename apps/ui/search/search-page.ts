import { Component, computed, effect, inject, signal, untracked, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';
import { AccountMenu } from '../access/account-menu.ts';
import { Session } from '../access/session.ts';
import { DETAIL_VIEWS, EventDetail, type DetailView } from '../event-detail/event-detail.ts';
import type { FieldFilter } from '../event-detail/field-list.ts';
import { FieldNames } from '../fields/field-names.ts';
import { FieldsPanel } from '../fields/fields-panel.ts';
import { HelpDialog } from '../help/help-dialog.ts';
import { Comparison } from '../histogram/comparison.ts';
import { Histogram } from '../histogram/histogram.ts';
import { number } from '../i18n/counted.ts';
import { Icon } from '../icon/icon.ts';
import { PipelineStatus } from '../pipeline-status/pipeline-status.ts';
import { FilterPills } from '../query-bar/filter-pills.ts';
import { QueryBar } from '../query-bar/query-bar.ts';
import { Columns } from '../columns/columns.ts';
import { ResultsBar } from '../results/results-bar.ts';
import { SaveDialog } from '../saved/save-dialog.ts';
import { SavedMenu } from '../saved/saved-menu.ts';
import { ResultsPane } from '../results/results-pane.ts';
import { RowView } from '../results/row-view.ts';
import { TailSession } from '../tail/tail-session.ts';
import { SettingsMenu } from '../theme/settings-menu.ts';
import { AutoRefresh } from '../time-range/auto-refresh.ts';
import { TimeRangePicker } from '../time-range/time-range-picker.ts';
import { ALL_TIME } from '../time-range/time-range.ts';
import { EventSelection } from './event-selection.ts';
import { QueryFilters } from './query-filters.ts';
import { queryHighlighter } from './query-highlighter.ts';
import { SearchLocation, type Parameters } from './search-location.ts';
import { SearchModes } from './search-modes.ts';
import { SearchSession } from './search-session.ts';
import { commandOf, type Command } from './shortcuts.ts';

@Component({
  selector: 'ps-search-page',
  imports: [
    AccountMenu,
    EventDetail,
    FieldsPanel,
    FilterPills,
    HelpDialog,
    Histogram,
    Icon,
    PipelineStatus,
    QueryBar,
    ResultsBar,
    ResultsPane,
    RouterLink,
    SaveDialog,
    SavedMenu,
    SettingsMenu,
    TimeRangePicker,
  ],
  providers: [
    SearchLocation,
    RowView,
    Columns,
    AutoRefresh,
    Comparison,
    SearchModes,
    SearchSession,
    TailSession,
    EventSelection,
    FieldNames,
    QueryFilters,
  ],
  templateUrl: './search-page.html',
  host: { '(document:keydown)': 'key($event)' },
})
export class SearchPage {
  protected readonly access = inject(Session);
  protected readonly location = inject(SearchLocation);
  protected readonly session = inject(SearchSession);
  protected readonly tail = inject(TailSession);
  protected readonly selection = inject(EventSelection);
  readonly #filters = inject(QueryFilters);
  protected readonly queryBar = viewChild.required(QueryBar);
  protected readonly saveDialog = viewChild.required(SaveDialog);
  private readonly timeRange = viewChild.required(TimeRangePicker);
  private readonly help = viewChild.required(HelpDialog);
  private readonly results = viewChild.required(ResultsPane);
  private readonly detail = viewChild(EventDetail);

  protected readonly columns = inject(Columns);
  protected readonly refresh = inject(AutoRefresh);
  protected readonly comparison = inject(Comparison);
  readonly #rows = inject(RowView);
  protected readonly refreshTitle = computed(() => {
    const interval = this.refresh.interval();
    return interval === null
      ? $localize`Search again (r)`
      : $localize`Search again (r); every ${interval}:interval:`;
  });
  protected readonly narrow = this.#rows.narrow;
  protected readonly fieldsSheet = signal(false);
  readonly #tab = this.location.parameter('tab');
  /** The tab of the detail panel. */
  protected readonly view = computed<DetailView>(
    () => DETAIL_VIEWS.find((view) => view === this.#tab()) ?? 'fields',
  );
  /** The detail panel takes most of the width. */
  protected readonly wide = signal(false);
  protected readonly highlighter = computed(() => queryHighlighter(this.location.q()));
  protected readonly stopped = computed(() => {
    this.session.version();
    const rows = this.session.rows();
    return rows?.stopped === true ? number(rows.loaded) : null;
  });
  /** The rows on the screen are by likeness: there is no histogram of them. */
  protected readonly byLikeness = computed(() => this.session.run()?.similar === true);
  /** A failure other than of the query itself, which the query bar shows. */
  protected readonly problem = computed(() => {
    const problem = this.location.live()
      ? this.tail.problem()
      : (this.session.problem() ?? this.session.rowsProblem());
    return problem?.ofTheQuery === true ? null : problem;
  });

  constructor() {
    effect(() => {
      this.location.selection();
      untracked(() => {
        this.fieldsSheet.set(false);
      });
    });
  }

  protected zoom({ from, to }: { from: number; to: number }): void {
    this.location.searchRange({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    });
  }

  protected filter({ field, value, exclude }: FieldFilter): void {
    if (exclude) this.#filters.exclude(field, value);
    else this.#filters.include(field, value);
  }

  /** A trace is whole only over all time, and only there it is seen whether a message is new. */
  protected searchAllTime(query: string): void {
    this.location.search(query, ALL_TIME, { live: null });
  }

  protected retry(): void {
    if (this.session.problem() === null) this.session.resume();
    else this.session.refresh();
  }

  protected save(): void {
    if (this.access.may('searches:write')) this.saveDialog().open();
  }

  protected showView(view: DetailView): void {
    this.location.set(tabOf(view));
  }

  protected closeDetail(): void {
    this.selection.close();
    this.results().focus();
  }

  protected key(event: KeyboardEvent): void {
    const command = commandOf(event);
    if (command === null) return;
    if (command !== 'open' && command !== 'back') event.preventDefault();
    this.#run(command);
  }

  #run(command: Command): void {
    const actions: Readonly<Record<Command, () => void>> = {
      query: () => {
        this.queryBar().focus();
      },
      next: () => {
        this.#move(1);
      },
      previous: () => {
        this.#move(-1);
      },
      open: () => {
        this.#open();
      },
      back: () => {
        this.#back();
      },
      context: () => {
        this.#openView('context');
      },
      trace: () => {
        this.#openView('trace');
      },
      time: () => {
        this.timeRange().open();
      },
      live: () => {
        this.location.setLive(!this.location.live());
      },
      similar: () => {
        this.queryBar().toggleSimilar();
      },
      patterns: () => {
        if (this.location.live()) return;
        this.location.setView(this.location.view() === 'patterns' ? 'rows' : 'patterns');
      },
      wrap: () => {
        this.#rows.toggleWrap();
      },
      refresh: () => {
        this.session.refresh();
      },
      save: () => {
        this.save();
      },
      help: () => {
        this.help().open();
      },
    };
    actions[command]();
  }

  #move(step: 1 | -1): void {
    this.selection.moveTo(this.selection.position() + step);
    if (!this.selection.open()) this.results().focus();
  }

  #open(): void {
    if (!this.selection.open()) this.selection.openActive();
    // The panel exists after the next change detection.
    setTimeout(() => this.detail()?.focus());
  }

  #openView(view: DetailView): void {
    if (this.selection.open()) this.showView(view);
    else this.selection.openActive(tabOf(view));
    // What had the focus in the panel is gone with the view before.
    setTimeout(() => this.detail()?.focus());
  }

  #back(): void {
    if (this.fieldsSheet()) this.fieldsSheet.set(false);
    else if (this.selection.open()) this.closeDetail();
    else this.session.cancel();
  }
}

function tabOf(view: DetailView): Parameters {
  return { tab: view === 'fields' ? null : view };
}
