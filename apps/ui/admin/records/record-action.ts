import { Component, input, output } from '@angular/core';

/** What can be done to one record; who cannot see the row hears which one it is. */
@Component({
  selector: 'ps-record-action',
  template: `
    <button type="button" class="button small outlined" (click)="pressed.emit()">
      <ng-content /><span class="visually-hidden from-log"> {{ of() }}</span>
    </button>
  `,
})
export class RecordAction {
  readonly of = input.required<string>();
  readonly pressed = output();
}
