import { Component, inject } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { QueryFilters } from '../search/query-filters.ts';

/** The filters of the query as pills; the query itself stays as it was written. */
@Component({
  selector: 'ps-filter-pills',
  imports: [Icon],
  template: `
    @if (filters.list().length > 0) {
      <ul class="pills" aria-label="Filters">
        @for (filter of filters.list(); track $index) {
          <li class="pill" [class.negated]="filter.negated">
            <span class="from-log">
              @if (filter.negated) {
                <b>not</b>&ngsp;
              }
              <span class="name">{{ filter.field }}</span>&ngsp;{{ filter.text }}</span
            >
            <button
              type="button"
              class="button icon"
              [attr.aria-label]="'Remove the filter ' + filter.field + ' ' + filter.text"
              (click)="filters.remove(filter)"
            >
              <ps-icon name="close" class="small" />
            </button>
          </li>
        }
      </ul>
    }
  `,
})
export class FilterPills {
  protected readonly filters = inject(QueryFilters);
}
