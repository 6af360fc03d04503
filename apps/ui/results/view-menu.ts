import { Component, inject } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchLocation } from '../search/search-location.ts';
import { FOLDS, LINES, RowView } from './row-view.ts';

/** How rows are drawn. */
@Component({
  selector: 'ps-view-menu',
  imports: [Icon, PopoverTrigger],
  template: `
    <button type="button" class="button small" [psPopover]="menu">
      <ps-icon name="rows" /> <span class="wide">View</span>
    </button>
    <div #menu popover class="popover view-panel" role="dialog" aria-label="View">
      <p class="menu-title">Lines of a message</p>
      <div class="segmented" role="group" aria-label="Lines of a message">
        @for (lines of allLines; track lines) {
          <button
            type="button"
            class="button small"
            [attr.aria-pressed]="view.lines() === lines"
            (click)="view.setLines(lines)"
          >
            {{ lines }}
          </button>
        }
      </div>
      <p class="menu-title">Density</p>
      <div class="segmented" role="group" aria-label="Density">
        <button
          type="button"
          class="button small"
          [attr.aria-pressed]="!view.dense()"
          (click)="view.setDense(false)"
        >
          Normal
        </button>
        <button
          type="button"
          class="button small"
          [attr.aria-pressed]="view.dense()"
          (click)="view.setDense(true)"
        >
          Compact
        </button>
      </div>
      <p class="menu-title">Time</p>
      <div class="segmented" role="group" aria-label="Digits of the time">
        <button
          type="button"
          class="button small"
          [attr.aria-pressed]="!view.micros()"
          (click)="view.setMicros(false)"
        >
          Milliseconds
        </button>
        <button
          type="button"
          class="button small"
          [attr.aria-pressed]="view.micros()"
          (click)="view.setMicros(true)"
        >
          Microseconds
        </button>
      </div>
      <p class="menu-title">Repeats in a row</p>
      <div class="segmented" role="group" aria-label="Repeats in a row">
        @for (fold of folds; track fold) {
          <button
            type="button"
            class="button small"
            [title]="foldTitles[fold]"
            [disabled]="location.live()"
            [attr.aria-pressed]="view.fold() === fold"
            (click)="view.setFold(fold)"
          >
            {{ foldNames[fold] }}
          </button>
        }
      </div>
    </div>
  `,
})
export class ViewMenu {
  protected readonly view = inject(RowView);
  protected readonly location = inject(SearchLocation);
  protected readonly allLines = LINES;
  protected readonly folds = FOLDS;
  protected readonly foldNames = { off: 'All', same: 'Once', alike: 'Alike once' } as const;
  protected readonly foldTitles = {
    off: 'Every event is a row',
    same: 'Neighbours of one sender with the same message are one row with their number',
    alike: 'As “Once”; numbers and ids in the message may differ',
  } as const;
}
