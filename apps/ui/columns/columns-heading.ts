import { Component, ElementRef, inject, input, signal } from '@angular/core';
import { Icon } from '../icon/icon.ts';
import { visibleText } from '../results/visible-text.ts';
import { ColumnResizer } from './column-resizer.ts';
import { Columns } from './columns.ts';

/** The names of the columns, in the grid of the rows: dragged, or moved by Alt and the arrow keys; their right edges set the widths. */
@Component({
  selector: 'ps-columns-heading',
  imports: [ColumnResizer, Icon],
  template: `
    <span class="fixed" i18n>time</span>
    <span class="fixed" i18n>level</span>
    @for (name of columns.names(); track name; let at = $index) {
      <span class="column">
        <span
          class="heading"
          draggable="true"
          [class.target]="target() === at"
          (dragstart)="begin($event, at)"
          (dragover)="over($event, at)"
          (drop)="drop($event, at)"
          (dragend)="end()"
        >
          <button
            type="button"
            class="name from-log"
            title="{{ visible(name) }}: drag to move, or Alt and an arrow key; Delete removes"
            i18n-title
            (keydown)="key($event, at)"
          >
            {{ short(name) }}
          </button>
          <button
            type="button"
            class="button icon small"
            tabindex="-1"
            ariaLabel="Remove the column {{ name }}"
            i18n-ariaLabel
            (click)="columns.toggle(name)"
          >
            <ps-icon name="close" class="small" />
          </button>
        </span>
        <ps-column-resizer [name]="name" />
      </span>
    }
    <span class="fixed" i18n>message</span>
  `,
  host: { role: 'group', '[attr.aria-label]': 'label', '[style.--grid]': 'grid()' },
})
export class ColumnsHeading {
  protected readonly columns = inject(Columns);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly label = $localize`Columns`;
  readonly grid = input.required<string>();
  protected readonly visible = visibleText;
  /** The heading has little room. */
  protected short(name: string): string {
    return visibleText(name.replace(/^metadata\./, ''));
  }

  /** Where the dragged column would go. */
  protected readonly target = signal<number | null>(null);
  #dragged: number | null = null;

  protected begin(event: DragEvent, at: number): void {
    this.#dragged = at;
    event.dataTransfer?.setData('text/plain', this.columns.names()[at] ?? '');
  }

  protected over(event: DragEvent, at: number): void {
    if (this.#dragged === null) return;
    event.preventDefault();
    this.target.set(at);
  }

  protected drop(event: DragEvent, at: number): void {
    event.preventDefault();
    if (this.#dragged !== null) this.columns.move(this.#dragged, at);
    this.end();
  }

  protected end(): void {
    this.#dragged = null;
    this.target.set(null);
  }

  protected key(event: KeyboardEvent, at: number): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Delete') this.columns.toggle(this.columns.names()[at] ?? '');
    else if (step !== undefined && event.altKey) this.#step(at, at + step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(from: number, to: number): void {
    const name = this.columns.names()[from];
    this.columns.move(from, to);
    // The heading that had the focus is drawn anew at its place.
    setTimeout(() => {
      const at = this.columns.names().indexOf(name ?? '');
      this.#element.querySelectorAll<HTMLElement>('.name')[at]?.focus();
    });
  }
}
