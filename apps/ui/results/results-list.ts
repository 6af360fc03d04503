import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import type { Zone } from '../time-range/format-time.ts';
import { copiedLine } from './copied-line.ts';
import type { Highlighter } from './marked-text.ts';
import { ResultRow } from './result-row.ts';
import type { RowSource } from './row-source.ts';
import { ScrollMap } from './scroll-map.ts';

const OVERSCAN = 10;

interface RowSlot {
  readonly position: number;
  readonly hit: LogHit | undefined;
  readonly repeats: number;
}

/** The rows: a list box whose options exist only near the screen. */
@Component({
  selector: 'ps-results-list',
  imports: [ResultRow],
  templateUrl: './results-list.html',
})
export class ResultsList {
  readonly source = input.required<RowSource>();
  /** Changes whenever the source has other rows. */
  readonly version = input.required<number>();
  readonly zone = input.required<Zone>();
  readonly rowHeight = input.required<number>();
  readonly highlighter = input.required<Highlighter>();
  readonly columns = input.required<readonly string[]>();
  readonly micros = input(false);
  readonly oneLine = input(true);
  readonly active = input.required<number>();
  readonly label = input($localize`Search results`);
  readonly activeChange = output<number>();
  readonly opened = output<number>();
  readonly atTop = output<boolean>();

  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  readonly #viewport = signal(0);
  /** Px of rows above the viewport. */
  readonly #offset = signal(0);

  protected readonly total = computed(() => {
    this.version();
    return this.source().total();
  });
  protected readonly map = computed(
    () => new ScrollMap(this.rowHeight(), this.total(), this.#viewport()),
  );
  readonly #range = computed(() => this.map().visible(this.#offset(), OVERSCAN), {
    equal: (a, b) => a.first === b.first && a.last === b.last,
  });
  protected readonly slots = computed<readonly RowSlot[]>(() => {
    this.version();
    const { first, last } = this.#range();
    const source = this.source();
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => ({
      position: first + at,
      hit: source.row(first + at),
      repeats: source.repeats?.(first + at) ?? 1,
    }));
  });
  /** Where the drawn rows begin in the scrolled element. */
  protected readonly shift = computed(() => {
    const map = this.map();
    const offset = this.#offset();
    return map.scrollTopFor(offset) + this.#range().first * this.rowHeight() - offset;
  });

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const element = this.scroller().nativeElement;
      const observer = new ResizeObserver(() => {
        this.#viewport.set(element.clientHeight);
      });
      observer.observe(element);
      const wheel = (event: WheelEvent): void => {
        this.#wheel(event);
      };
      element.addEventListener('wheel', wheel, { passive: false });
      destroyRef.onDestroy(() => {
        observer.disconnect();
      });
    });
    effect(() => {
      const { first, last } = this.#range();
      const source = this.source();
      untracked(() => {
        source.show(first, last);
      });
    });
    effect(() => {
      this.source();
      untracked(() => {
        this.#scrollTo(0);
      });
    });
    effect(() => {
      const active = this.active();
      untracked(() => {
        if (active >= 0) this.reveal(active);
      });
    });
  }

  focus(): void {
    this.scroller().nativeElement.focus({ preventScroll: true });
  }

  reveal(position: number): void {
    this.#scrollTo(this.map().revealing(position, this.#offset()));
  }

  protected scrolled(): void {
    const map = this.map();
    const top = this.scroller().nativeElement.scrollTop;
    // The bar of a scaled list is too coarse to say where the wheel has put the rows.
    if (Math.abs(map.scrollTopFor(this.#offset()) - top) >= 1) this.#offset.set(map.offsetAt(top));
    this.atTop.emit(this.#offset() < this.rowHeight());
  }

  protected key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#viewport() / this.rowHeight()) - 1);
    const active = this.active();
    const target = new Map([
      ['ArrowDown', active + 1],
      ['ArrowUp', Math.max(0, active - 1)],
      ['PageDown', active + page],
      ['PageUp', Math.max(0, active - page)],
      ['Home', 0],
      ['End', this.total() - 1],
    ]).get(event.key);
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.activeChange.emit(target);
  }

  protected clicked(position: number): void {
    // A click that ends the marking of text is no wish to open the row.
    if ((document.getSelection()?.toString() ?? '') === '') this.opened.emit(position);
  }

  /** Marked rows are copied as lines of timestamp, level, chosen columns and message, with tabs between. */
  protected copy(event: ClipboardEvent): void {
    const marked = document.getSelection();
    if (marked === null) return;
    const lines = this.slots().flatMap(({ position, hit }) => {
      const row = document.getElementById(`row-${position.toString()}`);
      const copied = hit !== undefined && row !== null && marked.containsNode(row, true);
      return copied ? [copiedLine(hit, this.columns())] : [];
    });
    // Within one row the marked text itself is meant.
    if (lines.length < 2 || event.clipboardData === null) return;
    event.clipboardData.setData('text/plain', `${lines.join('\n')}\n`);
    event.preventDefault();
  }

  #wheel(event: WheelEvent): void {
    const map = this.map();
    if (!map.scaled || event.ctrlKey) return;
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? this.rowHeight() : 1;
    this.#scrollTo(this.#offset() + event.deltaY * px);
  }

  #scrollTo(offset: number): void {
    const map = this.map();
    const clamped = Math.max(0, Math.min(offset, map.maxOffset));
    this.#offset.set(clamped);
    this.scroller().nativeElement.scrollTop = map.scrollTopFor(clamped);
  }
}
