import { Component, computed, inject } from '@angular/core';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchLocation } from '../search/search-location.ts';
import { LINES, RowView, type Fold } from './row-view.ts';

const FOLD_OPTIONS: readonly ChoiceOption<Fold>[] = [
  { value: 'off', label: 'All', title: 'Every event is a row' },
  {
    value: 'same',
    label: 'Once',
    title: 'Neighbours of one sender with the same message are one row with their number',
  },
  {
    value: 'alike',
    label: 'Alike once',
    title: 'As “Once”; numbers and ids in the message may differ',
  },
];

/** How rows are drawn. */
@Component({
  selector: 'ps-view-menu',
  imports: [Choice, Icon, PopoverTrigger],
  template: `
    <button type="button" class="button small" [psPopover]="menu">
      <ps-icon name="rows" /> <span class="wide">View</span>
    </button>
    <div #menu popover class="popover view-panel" role="dialog" aria-label="View">
      <p class="menu-title">Lines of a message</p>
      <ps-choice
        label="Lines of a message"
        [options]="lines"
        [value]="view.lines()"
        (chosen)="view.setLines($event)"
      />
      <p class="menu-title">Density</p>
      <ps-choice
        label="Density"
        [options]="densities"
        [value]="view.dense()"
        (chosen)="view.setDense($event)"
      />
      <p class="menu-title">Time</p>
      <ps-choice
        label="Digits of the time"
        [options]="digits"
        [value]="view.micros()"
        (chosen)="view.setMicros($event)"
      />
      <p class="menu-title">Repeats in a row</p>
      <ps-choice
        label="Repeats in a row"
        [options]="folds()"
        [value]="view.fold()"
        (chosen)="view.setFold($event)"
      />
    </div>
  `,
})
export class ViewMenu {
  readonly #location = inject(SearchLocation);
  protected readonly view = inject(RowView);
  protected readonly lines = LINES.map((value) => ({ value, label: String(value) }));
  protected readonly densities = [
    { value: false, label: 'Normal' },
    { value: true, label: 'Compact' },
  ];
  protected readonly digits = [
    { value: false, label: 'Milliseconds' },
    { value: true, label: 'Microseconds' },
  ];
  /** Rows of the live tail come one by one. */
  protected readonly folds = computed(() =>
    FOLD_OPTIONS.map((option) => ({ ...option, disabled: this.#location.live() })),
  );
}
