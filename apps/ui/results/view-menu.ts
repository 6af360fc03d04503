import { Component, computed, inject } from '@angular/core';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchLocation } from '../search/search-location.ts';
import { LINES, RowView, type Fold } from './row-view.ts';

const FOLD_OPTIONS: readonly ChoiceOption<Fold>[] = [
  { value: 'off', label: $localize`All`, title: $localize`Every event is a row` },
  {
    value: 'same',
    label: $localize`Once`,
    title: $localize`Neighbours of one sender with the same message are one row with their number`,
  },
  {
    value: 'alike',
    label: $localize`Alike once`,
    title: $localize`As “Once”; numbers and ids in the message may differ`,
  },
];

/** How rows are drawn. */
@Component({
  selector: 'ps-view-menu',
  imports: [Choice, Icon, PopoverTrigger],
  template: `
    <button type="button" class="button small" [psPopover]="menu">
      <ps-icon name="rows" /> <span class="wide" i18n>View</span>
    </button>
    <div #menu popover class="popover view-panel" role="dialog" aria-label="View" i18n-aria-label>
      <p class="menu-title" i18n>Lines of a message</p>
      <ps-choice
        label="Lines of a message"
        i18n-label
        [options]="lines"
        [value]="view.lines()"
        (chosen)="view.setLines($event)"
      />
      <p class="menu-title" i18n>Density</p>
      <ps-choice
        label="Density"
        i18n-label
        [options]="densities"
        [value]="view.dense()"
        (chosen)="view.setDense($event)"
      />
      <p class="menu-title" i18n>Time</p>
      <ps-choice
        label="Digits of the time"
        i18n-label
        [options]="digits"
        [value]="view.micros()"
        (chosen)="view.setMicros($event)"
      />
      <p class="menu-title" i18n>Repeats in a row</p>
      <ps-choice
        label="Repeats in a row"
        i18n-label
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
    { value: false, label: $localize`Normal` },
    { value: true, label: $localize`Compact` },
  ];
  protected readonly digits = [
    { value: false, label: $localize`Milliseconds` },
    { value: true, label: $localize`Microseconds` },
  ];
  /** Rows of the live tail come one by one. */
  protected readonly folds = computed(() =>
    FOLD_OPTIONS.map((option) => ({ ...option, disabled: this.#location.live() })),
  );
}
