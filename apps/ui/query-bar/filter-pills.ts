import { Component, inject, output } from '@angular/core';
import type { QueryFilter } from '../../../libs/query/page.ts';
import { Icon } from '../icon/icon.ts';
import { filterName, QueryFilters } from '../search/query-filters.ts';

/** The filters of the query as pills, in step with its text, and those that are switched off. */
@Component({
  selector: 'ps-filter-pills',
  imports: [Icon],
  templateUrl: './filter-pills.html',
})
export class FilterPills {
  protected readonly filters = inject(QueryFilters);
  /** The condition is to be edited where it is written. */
  readonly edited = output<QueryFilter>();

  protected nameOf(filter: QueryFilter): string {
    return filterName(filter);
  }
}
