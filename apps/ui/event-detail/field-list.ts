import { Component, ElementRef, computed, inject, input, output, signal } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import type { LogHit } from '../api/log-hit.ts';
import { Icon } from '../icon/icon.ts';
import { visibleText } from '../results/visible-text.ts';
import { eventFields, type EventField } from './event-fields.ts';

const FIELDS_SHOWN = 200;
const VALUE_SHOWN = 4_000;

export interface FieldFilter {
  readonly field: string;
  readonly value: string;
  readonly exclude: boolean;
}

/** All fields of an event; keys act on the one that has the focus: `+` and `-` filter, `a` makes a column, `y` copies. */
@Component({
  selector: 'ps-field-list',
  imports: [Icon],
  template: `
    <ul class="fields" aria-label="Fields" i18n-aria-label>
      @for (field of shown(); track $index; let at = $index) {
        <li
          [attr.data-field]="field.name"
          [tabindex]="at === focused() ? 0 : -1"
          [attr.aria-label]="field.name + ': ' + field.value"
          (focus)="focused.set(at)"
          (keydown)="key($event, at)"
        >
          <span class="name from-log">{{ visible(field.name) }}</span>
          <span class="value from-log">{{ visible(field.value.slice(0, limit)) }}</span>
          <span class="actions">
            @if (field.filterable) {
              <button
                type="button"
                class="button icon small"
                tabindex="-1"
                title="Filter in (+)"
                i18n-title
                ariaLabel="Only {{ field.name }} {{ field.value }}"
                i18n-ariaLabel
                (click)="filter(field, false)"
              >
                <ps-icon name="plus" class="small" />
              </button>
              <button
                type="button"
                class="button icon small"
                tabindex="-1"
                title="Filter out (-)"
                i18n-title
                ariaLabel="Without {{ field.name }} {{ field.value }}"
                i18n-ariaLabel
                (click)="filter(field, true)"
              >
                <ps-icon name="minus" class="small" />
              </button>
            }
            @if (field.name === 'traceId') {
              <button
                type="button"
                class="button icon small"
                tabindex="-1"
                title="Only this trace"
                i18n-title
                aria-label="Only this trace"
                i18n-aria-label
                (click)="traceWanted.emit(field.value)"
              >
                <ps-icon name="trace" class="small" />
              </button>
            }
            <button
              type="button"
              class="button icon small"
              tabindex="-1"
              title="Column on, off (a)"
              i18n-title
              ariaLabel="Column {{ field.name }}"
              i18n-ariaLabel
              [attr.aria-pressed]="columns().includes(field.name)"
              (click)="columnToggled.emit(field.name)"
            >
              <ps-icon name="columns" class="small" />
            </button>
            <button
              type="button"
              class="button icon small"
              tabindex="-1"
              title="Copy the value (y)"
              i18n-title
              ariaLabel="Copy {{ field.name }}"
              i18n-ariaLabel
              (click)="copy(field)"
            >
              <ps-icon [name]="copied() === field.name ? 'check' : 'copy'" class="small" />
            </button>
          </span>
        </li>
      }
    </ul>
    @if (fields().length > shown().length) {
      <button type="button" class="button small more" (click)="all.set(true)" i18n>
        Show all {{ fields().length }} fields
      </button>
    }
  `,
})
export class FieldList {
  readonly #clipboard = inject(Clipboard);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly event = input.required<LogHit>();
  /** The fields that are columns of the rows. */
  readonly columns = input<readonly string[]>([]);
  readonly filtered = output<FieldFilter>();
  readonly columnToggled = output<string>();
  readonly traceWanted = output<string>();

  protected readonly limit = VALUE_SHOWN;
  protected readonly visible = visibleText;
  protected readonly focused = signal(0);
  protected readonly copied = signal<string | null>(null);
  protected readonly all = signal(false);
  protected readonly fields = computed(() => eventFields(this.event()));
  protected readonly shown = computed(() =>
    this.all() ? this.fields() : this.fields().slice(0, FIELDS_SHOWN),
  );

  protected filter(field: EventField, exclude: boolean): void {
    this.filtered.emit({ field: field.name, value: field.value, exclude });
  }

  protected copy(field: EventField): void {
    if (this.#clipboard.copy(field.value)) this.copied.set(field.name);
  }

  protected key(event: KeyboardEvent, at: number): void {
    const action = this.#actions(at).get(event.key);
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  #actions(at: number): Map<string, () => void> {
    const field = this.shown()[at];
    const focus = (row: number) => (): void => {
      this.#element.querySelectorAll<HTMLElement>('li')[row]?.focus();
    };
    const actions = new Map([
      ['ArrowDown', focus(at + 1)],
      ['ArrowUp', focus(at - 1)],
    ]);
    if (field === undefined) return actions;
    actions
      .set('a', () => {
        this.columnToggled.emit(field.name);
      })
      .set('y', () => {
        this.copy(field);
      });
    if (!field.filterable) return actions;
    return actions
      .set('+', () => {
        this.filter(field, false);
      })
      .set('-', () => {
        this.filter(field, true);
      });
  }
}
