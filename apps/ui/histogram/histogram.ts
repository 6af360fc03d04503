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
} from '@angular/core';
import { LEVELS, type Level } from '../api/log-hit.ts';
import { eventCount, number } from '../i18n/counted.ts';
import { formatInstant, type Zone } from '../time-range/format-time.ts';
import { changeOf } from './earlier-range.ts';
import {
  domainOf,
  layOut,
  totalOf,
  type Bar,
  type EarlierCount,
  type LevelCounts,
} from './histogram-layout.ts';
import { timeTicks } from './time-axis.ts';

const AXIS_PX = 18;
/** A shorter drag is a click. */
const DRAG_PX = 4;

@Component({
  selector: 'ps-histogram',
  templateUrl: './histogram.html',
  host: { '[class.dragging]': 'drag() !== null' },
})
export class Histogram {
  readonly buckets = input.required<readonly LevelCounts[]>();
  readonly widthMs = input.required<number>();
  /** Epoch ms of the range; null is open. */
  readonly from = input<number | null>(null);
  readonly to = input<number | null>(null);
  readonly zone = input.required<Zone>();
  /** Counts of an earlier range at the times of this one. */
  readonly earlier = input<readonly EarlierCount[]>([]);
  protected readonly number = number;
  /** Epoch ms, end exclusive. */
  readonly zoomed = output<{ from: number; to: number }>();

  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly size = signal({ width: 0, height: 0 });
  /** Px from the left. */
  protected readonly pointer = signal<number | null>(null);
  protected readonly drag = signal<{ start: number; end: number } | null>(null);
  /** Bars chosen by the keyboard: the anchor of a selection and the one that the keys are on. */
  protected readonly keys = signal<{ anchor: number; at: number } | null>(null);

  protected readonly domain = computed(() =>
    domainOf(this.buckets(), this.widthMs(), this.from(), this.to()),
  );
  protected readonly plotHeight = computed(() => Math.max(20, this.size().height - AXIS_PX));
  protected readonly layout = computed(() =>
    layOut(
      this.buckets(),
      this.widthMs(),
      this.domain(),
      this.size().width,
      this.plotHeight(),
      this.earlier(),
    ),
  );
  protected readonly ticks = computed(() =>
    this.buckets().length === 0
      ? []
      : timeTicks(this.domain(), this.size().width, this.zone()).filter(
          (tick) => tick.x > 20 && tick.x < this.size().width - 30,
        ),
  );
  protected readonly summary = computed(() => {
    const bars = this.layout().bars;
    const total = bars.reduce((sum, bar) => sum + bar.total, 0);
    return $localize`Histogram of ${eventCount(total)}:events: by level. Arrow keys move, Shift selects, Enter zooms in.`;
  });
  protected readonly hovered = computed<Bar | null>(() => {
    const keys = this.keys();
    if (keys !== null) return this.layout().bars[keys.at] ?? null;
    const x = this.pointer();
    return x === null || this.drag() !== null ? null : nearest(this.layout().bars, x);
  });
  protected readonly details = computed(() => {
    const bar = this.hovered();
    if (bar === null) return null;
    const levels = LEVELS.toReversed().flatMap((level): { level: Level; count: string }[] => {
      const count = bar.counts[level] ?? 0;
      return count === 0 ? [] : [{ level, count: number(count) }];
    });
    const zone = this.zone();
    return {
      title: `${formatInstant(bar.start, zone)} – ${formatInstant(bar.end, zone)}`,
      total: totalOf(bar.counts),
      shown: number(totalOf(bar.counts)),
      earlier: this.#earlierOf(bar),
      levels,
      // As far to the left of the bar as the bar is from the left: it ends with the chart on both sides.
      left: (Math.min(bar.x + bar.width / 2, this.size().width) / this.size().width) * 100,
    };
  });
  protected readonly chosen = computed(() => {
    const details = this.details();
    return details === null
      ? $localize`no bar chosen`
      : `${eventCount(details.total)}, ${details.title}`;
  });
  /** Px of what is being selected. */
  protected readonly selection = computed(() => {
    const drag = this.drag();
    if (drag !== null) return span(drag.start, drag.end);
    const keys = this.keys();
    const bars = this.layout().bars;
    const a = bars[keys?.anchor ?? -1];
    const b = bars[keys?.at ?? -1];
    if (a === undefined || b === undefined) return null;
    return span(Math.min(a.x, b.x), Math.max(a.x + a.width, b.x + b.width));
  });

  readonly #dragging = computed(() => this.drag() !== null);

  constructor() {
    effect((onCleanup) => {
      if (!this.#dragging()) return;
      // Before the keys of the page: nothing but the drag is to end.
      const escape = (event: KeyboardEvent): void => {
        if (event.key !== 'Escape') return;
        this.drag.set(null);
        event.preventDefault();
        event.stopPropagation();
      };
      document.addEventListener('keydown', escape, true);
      onCleanup(() => {
        document.removeEventListener('keydown', escape, true);
      });
    });
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const observer = new ResizeObserver(() => {
        this.size.set({ width: this.#element.clientWidth, height: this.#element.clientHeight });
      });
      observer.observe(this.#element);
      destroyRef.onDestroy(() => {
        observer.disconnect();
      });
    });
  }

  /** The count at the same place of the earlier range, where there is one. */
  #earlierOf(bar: Bar): string | null {
    if (this.earlier().length === 0) return null;
    const before = this.earlier().find(({ start }) => start === bar.start)?.total ?? 0;
    return $localize`${number(before)}:count: before, ${changeOf(bar.total, before)}:change:`;
  }

  protected pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    // The drag goes on outside of the plot, whose own listeners follow it.
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.keys.set(null);
    this.drag.set({ start: this.#x(event), end: this.#x(event) });
  }

  protected moved(event: PointerEvent): void {
    this.pointer.set(this.#x(event));
    this.drag.update((drag) => (drag === null ? null : { ...drag, end: this.#x(event) }));
  }

  protected released(): void {
    const drag = this.drag();
    this.drag.set(null);
    const { width } = this.size();
    if (drag === null || width === 0) return;
    if (Math.abs(drag.end - drag.start) < DRAG_PX) {
      const bar = nearest(this.layout().bars, drag.end);
      if (bar !== null) this.#zoom(bar.start, bar.end);
      return;
    }
    const { from, to } = this.domain();
    const scale = (to - from) / width;
    const [left, right] = [Math.min(drag.start, drag.end), Math.max(drag.start, drag.end)];
    this.#zoom(Math.floor(from + left * scale), Math.ceil(from + right * scale));
  }

  protected key(event: KeyboardEvent): void {
    const keys = this.keys();
    const at = moved(event.key, keys?.at ?? null, this.layout().bars.length);
    if (at !== null) this.keys.set({ anchor: event.shiftKey ? (keys?.anchor ?? at) : at, at });
    else if (keys === null) return;
    else if (event.key === 'Enter') this.#zoomToKeys(keys.anchor, keys.at);
    else if (event.key === 'Escape') this.keys.set(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #zoomToKeys(anchor: number, at: number): void {
    const bars = this.layout().bars;
    const a = bars[Math.min(anchor, at)];
    const b = bars[Math.max(anchor, at)];
    if (a !== undefined && b !== undefined) this.#zoom(a.start, b.end);
  }

  #zoom(from: number, to: number): void {
    this.keys.set(null);
    this.pointer.set(null);
    if (to > from) this.zoomed.emit({ from, to });
  }

  #x(event: PointerEvent): number {
    const box = this.#element.getBoundingClientRect();
    return Math.max(0, Math.min(event.clientX - box.left, box.width));
  }
}

function nearest(bars: readonly Bar[], x: number): Bar | null {
  const distance = (bar: Bar): number => Math.max(bar.x - x, x - bar.x - bar.width, 0);
  let best: Bar | null = null;
  for (const bar of bars) if (best === null || distance(bar) < distance(best)) best = bar;
  return best !== null && distance(best) <= 12 ? best : null;
}

function moved(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  const last = count - 1;
  if (key === 'ArrowRight') return Math.min(last, at === null ? 0 : at + 1);
  if (key === 'ArrowLeft') return Math.max(0, at === null ? last : at - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : null;
}

function span(a: number, b: number): { left: number; width: number } {
  return { left: Math.min(a, b), width: Math.abs(b - a) };
}
