import {
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  signal,
  viewChild,
  type WritableSignal,
} from '@angular/core';
import { Choice, type ChoiceOption } from '../choice/choice.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { SearchLocation } from '../search/search-location.ts';
import { AutoRefresh, REFRESH_INTERVALS, type RefreshInterval } from './auto-refresh.ts';
import { formatInstant, type Zone } from './format-time.ts';
import {
  QUICK_RANGES,
  boundText,
  parseBound,
  rangeLabel,
  resolveBound,
  sameRange,
  shiftRange,
  zoomOut,
  type TimeRange,
} from './time-range.ts';

/** One end of the range, as it is being typed. */
interface Bound {
  readonly field: 'from' | 'to';
  readonly label: string;
  readonly placeholder: string;
  readonly text: WritableSignal<string>;
}

@Component({
  selector: 'ps-time-range-picker',
  imports: [Choice, Icon, PopoverTrigger],
  templateUrl: './time-range-picker.html',
})
export class TimeRangePicker {
  protected readonly location = inject(SearchLocation);
  protected readonly refresh = inject(AutoRefresh);
  protected readonly intervals: readonly ChoiceOption<RefreshInterval | null>[] = [
    { value: null, label: $localize`:automatic search again:off` },
    ...REFRESH_INTERVALS.map((value) => ({
      value,
      label: value.replace(/(?=[sm])/, '\u202f'),
      title: $localize`Search again every ${value}:interval:`,
    })),
  ];
  protected readonly zones: readonly ChoiceOption<Zone>[] = [
    { value: 'local', label: $localize`Local time` },
    { value: 'utc', label: 'UTC' },
  ];
  private readonly trigger = viewChild.required<PopoverTrigger>('trigger');
  private readonly button = viewChild.required<string, ElementRef<HTMLElement>>('trigger', {
    read: ElementRef,
  });

  protected readonly quickRanges = QUICK_RANGES;
  private readonly from = signal('');
  private readonly to = signal('');
  protected readonly bounds: readonly Bound[] = [
    {
      field: 'from',
      label: $localize`From`,
      placeholder: $localize`start of the data`,
      text: this.from,
    },
    { field: 'to', label: $localize`To`, placeholder: $localize`now`, text: this.to },
  ];
  protected readonly problem = signal<{ field: 'from' | 'to'; reason: string } | null>(null);
  protected readonly label = computed(() => {
    if (this.location.live()) return $localize`Live`;
    const zone = this.location.zone();
    return rangeLabel(this.location.range(), (epochMs) => formatInstant(epochMs, zone));
  });

  constructor() {
    effect(() => {
      const range = this.location.range();
      const zone = this.location.zone();
      this.from.set(shown(range.from, zone));
      this.to.set(shown(range.to, zone));
      this.problem.set(null);
    });
  }

  open(): void {
    this.button().nativeElement.click();
  }

  protected isCurrent(range: TimeRange): boolean {
    return !this.location.live() && sameRange(range, this.location.range());
  }

  protected choose(range: TimeRange): void {
    this.trigger().close();
    this.location.searchRange(range);
  }

  protected zoomOut(): void {
    this.choose(zoomOut(this.location.range(), Date.now()));
  }

  protected shift(direction: -1 | 1): void {
    const range = this.shifted(direction);
    if (range !== null) this.choose(range);
  }

  /** Null where there is no such range. */
  protected shifted(direction: -1 | 1): TimeRange | null {
    return shiftRange(this.location.range(), direction, Date.now());
  }

  /** A day and a time from the browser's calendar, into the field beside it. */
  protected picked(value: string, { text }: Bound): void {
    if (value !== '') text.set(value.replace('T', ' '));
  }

  protected openCalendar(calendar: HTMLInputElement, { text }: Bound): void {
    const bound = parseBound(text(), this.location.zone() === 'utc');
    const time = bound.ok ? resolveBound(bound.bound, Date.now()) : null;
    const shown = time === null ? '' : formatInstant(time, this.location.zone());
    calendar.value = shown.replace(' ', 'T').slice(0, 16);
    calendar.showPicker();
  }

  protected apply(event: Event): void {
    event.preventDefault();
    const utc = this.location.zone() === 'utc';
    const from = parseBound(this.from(), utc);
    const to = parseBound(this.to(), utc);
    if (!from.ok) this.problem.set({ field: 'from', reason: from.reason });
    else if (!to.ok) this.problem.set({ field: 'to', reason: to.reason });
    else if (isReversed(from.bound, to.bound))
      this.problem.set({ field: 'to', reason: $localize`The end lies before the start.` });
    else this.choose({ from: from.bound, to: to.bound });
  }
}

function shown(bound: string | null, zone: Zone): string {
  return bound === null ? '' : boundText(bound, (epochMs) => formatInstant(epochMs, zone));
}

function isReversed(from: string | null, to: string | null): boolean {
  const now = Date.now();
  const start = resolveBound(from, now);
  const end = resolveBound(to, now);
  return start !== null && end !== null && end <= start;
}
