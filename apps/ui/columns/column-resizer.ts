import { Component, ElementRef, computed, inject, input } from '@angular/core';
import { LEAST_WIDTH, MOST_WIDTH } from './column-widths.ts';
import { Columns } from './columns.ts';

/** Px for a press of an arrow key; with Shift five times as many. */
const STEP = 16;
/** What a column has by itself at most: 15 characters. */
const BY_ITSELF = 117;

/** The right edge of a column's heading: dragged, moved by the arrow keys, or given back by a double click. */
@Component({
  selector: 'ps-column-resizer',
  template: '',
  host: {
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    '[attr.aria-label]': 'label()',
    '[attr.aria-valuenow]': 'width()',
    'aria-valuemin': LEAST_WIDTH.toString(),
    'aria-valuemax': MOST_WIDTH.toString(),
    '[attr.aria-valuetext]': "width() + ' px'",
    '(pointerdown)': 'begin($event)',
    '(pointermove)': 'move($event)',
    '(pointerup)': 'end($event)',
    '(pointercancel)': 'end($event)',
    '(dblclick)': 'columns.setWidth(name(), null)',
    '(keydown)': 'key($event)',
  },
})
export class ColumnResizer {
  protected readonly columns = inject(Columns);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly name = input.required<string>();
  protected readonly label = computed(() => $localize`Width of the column ${this.name()}:column:`);
  protected readonly width = computed(() => this.columns.widths().get(this.name()) ?? BY_ITSELF);
  #drag: { readonly startX: number; readonly startPx: number; px: number } | null = null;

  protected begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#element.focus();
    this.#element.setPointerCapture(event.pointerId);
    const px = this.#drawn();
    this.#drag = { startX: event.clientX, startPx: px, px };
  }

  protected move(event: PointerEvent): void {
    if (this.#drag === null) return;
    this.#drag.px = this.#drag.startPx + event.clientX - this.#drag.startX;
    this.columns.showWidth(this.name(), this.#drag.px);
  }

  protected end(event: PointerEvent): void {
    if (this.#drag === null) return;
    const { px, startPx } = this.#drag;
    this.#drag = null;
    this.#element.releasePointerCapture(event.pointerId);
    if (px !== startPx) this.columns.setWidth(this.name(), px);
  }

  protected key(event: KeyboardEvent): void {
    const step = event.shiftKey ? STEP * 5 : STEP;
    const wanted = new Map<string, number | null>([
      ['ArrowLeft', this.#drawn() - step],
      ['ArrowRight', this.#drawn() + step],
      ['Home', LEAST_WIDTH],
      ['Delete', null],
      ['Backspace', null],
    ]).get(event.key);
    if (wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.columns.setWidth(this.name(), wanted);
  }

  /** Px as the column is on the screen. */
  #drawn(): number {
    return this.#element.parentElement?.offsetWidth ?? BY_ITSELF;
  }
}
