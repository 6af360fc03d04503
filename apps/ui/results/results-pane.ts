import { Component, computed, inject, output, viewChild } from '@angular/core';
import { Columns } from '../columns/columns.ts';
import { ColumnsHeading } from '../columns/columns-heading.ts';
import { PatternsView } from '../patterns/patterns-view.ts';
import { EventSelection } from '../search/event-selection.ts';
import { queryHighlighter } from '../search/query-highlighter.ts';
import { SearchLocation } from '../search/search-location.ts';
import { SearchSession } from '../search/search-session.ts';
import { TailSession } from '../tail/tail-session.ts';
import { NothingFound } from './nothing-found.ts';
import { NothingStored } from './nothing-stored.ts';
import { ResultsList } from './results-list.ts';
import { RowView } from './row-view.ts';

/** The rows, or what stands in their place. */
@Component({
  selector: 'ps-results-pane',
  imports: [ColumnsHeading, NothingFound, NothingStored, PatternsView, ResultsList],
  templateUrl: './results-pane.html',
  host: {
    '[class.wrapped]': 'view.lines() > 1',
    '[style.--row.px]': 'view.rowHeight()',
    '[style.--line.px]': 'view.lineHeight()',
    '[style.--lines]': 'view.lines()',
    '[style.--grid]': 'grid()',
  },
})
export class ResultsPane {
  protected readonly location = inject(SearchLocation);
  protected readonly session = inject(SearchSession);
  protected readonly tail = inject(TailSession);
  protected readonly selection = inject(EventSelection);
  protected readonly view = inject(RowView);
  protected readonly columns = inject(Columns);
  private readonly list = viewChild(ResultsList);
  readonly helpAsked = output();

  protected readonly highlighter = computed(() => queryHighlighter(this.location.q()));
  /** The tracks of the grid that heading and rows share. */
  protected readonly grid = computed(() => {
    const time = this.view.micros() ? '26ch' : '23ch';
    const widths = this.columns.widths();
    const columns = this.columns.names().map((name) => {
      const px = widths.get(name);
      return px === undefined ? 'minmax(6ch, 15ch)' : `minmax(6ch, ${px.toString()}px)`;
    });
    return [time, '44px', ...columns, 'minmax(30%, 1fr)'].join(' ');
  });
  protected readonly version = computed(() =>
    this.location.live() ? this.tail.version() : this.session.version(),
  );
  protected readonly total = computed(() => {
    this.version();
    return this.selection.source()?.total() ?? 0;
  });
  protected readonly blank = computed<'stored' | 'found' | 'tail' | null>(() => {
    if (this.total() > 0) return null;
    if (this.location.live()) return 'tail';
    if (this.session.answer() === null || this.session.rows()?.stopped === true) return null;
    return this.session.storeEmpty() ? 'stored' : 'found';
  });

  focus(): void {
    this.list()?.focus();
  }
}
