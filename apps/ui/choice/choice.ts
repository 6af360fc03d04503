import { Component, input, output } from '@angular/core';

export interface ChoiceOption<Value> {
  readonly value: Value;
  readonly label: string;
  readonly title?: string;
  readonly disabled?: boolean;
}

/** A few options side by side, of which one holds. */
@Component({
  selector: 'ps-choice',
  host: { class: 'segmented', role: 'group', '[attr.aria-label]': 'label()' },
  template: `
    @for (option of options(); track option.value) {
      <button
        type="button"
        class="button small"
        [title]="option.title ?? ''"
        [disabled]="option.disabled ?? false"
        [attr.aria-pressed]="option.value === value()"
        (click)="chosen.emit(option.value)"
      >
        {{ option.label }}
      </button>
    }
  `,
})
export class Choice<Value> {
  readonly label = input.required<string>();
  readonly options = input.required<readonly ChoiceOption<Value>[]>();
  readonly value = input.required<Value>();
  readonly chosen = output<Value>();
}
