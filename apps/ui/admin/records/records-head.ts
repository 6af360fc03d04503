import { Component, input, output } from '@angular/core';
import { Icon } from '../../icon/icon.ts';

/** Above a list: what it is of, a field that looks for names in it, and the way to add one. */
@Component({
  selector: 'ps-records-head',
  imports: [Icon],
  host: { class: 'section-head' },
  template: `
    <h2>{{ heading() }}</h2>
    @if (searchable()) {
      <input
        #search
        class="text-input filter"
        type="search"
        [attr.aria-label]="searchLabel()"
        [placeholder]="searchLabel()"
        [value]="wanted()"
        (input)="wantedChange.emit(search.value)"
      />
    }
    @if (addLabel(); as label) {
      <button type="button" class="button primary" (click)="added.emit()">
        <ps-icon name="plus" class="small" /> {{ label }}
      </button>
    }
  `,
})
export class RecordsHead {
  readonly heading = input.required<string>();
  readonly searchLabel = input.required<string>();
  readonly searchable = input(true);
  readonly wanted = input.required<string>();
  /** Null: nothing may be added. */
  readonly addLabel = input<string | null>(null);
  readonly wantedChange = output<string>();
  readonly added = output();
}
