import { Component, input } from '@angular/core';

/** A field of a form with its name above, and below it what helps and what is wrong. */
@Component({
  selector: 'ps-form-field',
  host: { class: 'field' },
  template: `
    <label [attr.for]="control()">
      <span>{{ label() }}</span>
    </label>
    <ng-content />
    <span class="wrong" role="alert" [id]="control() + '-fault'">{{ fault() }}</span>
  `,
})
export class FormField {
  readonly label = input.required<string>();
  readonly fault = input<string>();
  /** The id of the control inside; what is wrong with it has the same with `-fault`, for its `aria-describedby`. */
  readonly control = input.required<string>();
}
