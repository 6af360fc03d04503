import { Component, inject } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { Comparison } from './comparison.ts';
import { COMPARISONS } from './earlier-range.ts';

/** Which earlier range the histogram is compared with. */
@Component({
  selector: 'ps-compare-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button
      #trigger="psPopover"
      type="button"
      class="button small"
      [class.on]="comparison.with() !== null"
      [psPopover]="menu"
      [disabled]="!comparison.possible()"
      [title]="comparison.possible() ? texts.compare : texts.choose"
    >
      <ps-icon name="compare" /> <span class="wide" i18n>Compare</span>
    </button>
    <div #menu popover class="popover" role="dialog" aria-label="Compare" i18n-aria-label>
      <button
        type="button"
        class="menu-item"
        [attr.aria-pressed]="comparison.with() === null"
        (click)="trigger.close(); comparison.set(null)"
        i18n
      >
        With nothing
      </button>
      @for (each of comparisons; track each) {
        <button
          type="button"
          class="menu-item"
          [attr.aria-pressed]="comparison.with() === each"
          (click)="trigger.close(); comparison.set(each)"
        >
          {{ names[each] }}
        </button>
      }
    </div>
  `,
})
export class CompareMenu {
  protected readonly comparison = inject(Comparison);
  protected readonly comparisons = COMPARISONS;
  protected readonly texts = {
    compare: $localize`Compare with an earlier range`,
    choose: $localize`Choose a range to compare`,
  };
  protected readonly names = {
    '1d': $localize`With a day ago`,
    '1w': $localize`With a week ago`,
    before: $localize`With the range before`,
  } as const;
}
