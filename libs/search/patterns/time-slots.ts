import { MICROS_PER_SECOND, type Micros } from '#event';

/** With more slots than these between the first and the last event, slots become twice as wide. */
const MOST_SLOTS = 60;

/** Counts of one series by slot. */
export type SlotCounts = Map<number, number>;

/**
 * Slots of time that several series share. The width follows the events: whoever counts need not know the range
 * before.
 */
export class TimeSlots {
  private width: Micros = MICROS_PER_SECOND;
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;
  private readonly series: SlotCounts[] = [];

  get widthMicros(): Micros {
    return this.width;
  }

  /** Start of the first slot; null before any event. */
  get start(): Micros | null {
    return this.first > this.last ? null : this.first * this.width;
  }

  newSeries(): SlotCounts {
    const counts: SlotCounts = new Map();
    this.series.push(counts);
    return counts;
  }

  /** Makes room for a time, which must be done before it is counted. */
  cover(time: Micros): void {
    const slot = Math.floor(time / this.width);
    this.first = Math.min(this.first, slot);
    this.last = Math.max(this.last, slot);
    while (this.last - this.first >= MOST_SLOTS) this.widen();
  }

  count(series: SlotCounts, time: Micros): void {
    const slot = Math.floor(time / this.width);
    series.set(slot, (series.get(slot) ?? 0) + 1);
  }

  /** The counts of every slot, in order. */
  read(series: SlotCounts): readonly number[] {
    if (this.first > this.last) return [];
    const length = this.last - this.first + 1;
    return Array.from({ length }, (_, at) => series.get(this.first + at) ?? 0);
  }

  private widen(): void {
    this.width *= 2;
    this.first = Math.floor(this.first / 2);
    this.last = Math.floor(this.last / 2);
    for (const counts of this.series) {
      const old = [...counts];
      counts.clear();
      for (const [slot, count] of old) {
        const wide = Math.floor(slot / 2);
        counts.set(wide, (counts.get(wide) ?? 0) + count);
      }
    }
  }
}
