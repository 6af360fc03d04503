import { MICROS_PER_DAY, MICROS_PER_HOUR, type Micros } from '#event';

/** How long new partitions are within the day window. */
export type Granularity = 'day' | 'hour';

/** A stretch of time: `start` inclusive, `end` exclusive. */
export interface TimeRange {
  readonly start: Micros;
  readonly end: Micros;
}

/** Days before today that get a partition of their own; what is older lies in month partitions. */
export const DAY_WINDOW_DAYS = 35;

/**
 * The partitions to create so that every needed timestamp lies in one.
 *
 * Days (or hours) for the last 35 days and for what is ahead; months before that. A piece is cut where a range exists
 * already, and a month where the day window begins, so that nothing overlaps. With `hour`, hours begin with today
 * unless today has a day partition already; earlier days of the window still get whole days, since late events are few.
 *
 * @param existing ranges without overlap, in any order
 * @returns new ranges in time order
 */
export function planPartitions(
  needed: Iterable<Micros>,
  existing: readonly TimeRange[],
  now: Micros,
  granularity: Granularity,
): TimeRange[] {
  const today = floorTo(now, MICROS_PER_DAY);
  const windowStart = today - DAY_WINDOW_DAYS * MICROS_PER_DAY;
  const taken = [...existing].sort((a, b) => a.start - b.start);
  const created: TimeRange[] = [];
  for (const timestamp of needed) {
    const place = upperBound(taken, timestamp);
    const before = taken[place - 1];
    if (before !== undefined && timestamp < before.end) continue;
    const whole = wholeRange(timestamp, windowStart, today, granularity);
    const range = {
      start: Math.max(whole.start, before?.end ?? whole.start),
      end: Math.min(whole.end, taken[place]?.start ?? whole.end),
    };
    taken.splice(place, 0, range);
    created.push(range);
  }
  return created.sort((a, b) => a.start - b.start);
}

function wholeRange(
  timestamp: Micros,
  windowStart: Micros,
  today: Micros,
  granularity: Granularity,
): TimeRange {
  if (timestamp < windowStart) {
    const month = monthOf(timestamp);
    return { start: month.start, end: Math.min(month.end, windowStart) };
  }
  const length = granularity === 'hour' && timestamp >= today ? MICROS_PER_HOUR : MICROS_PER_DAY;
  const start = floorTo(timestamp, length);
  return { start, end: start + length };
}

function monthOf(timestamp: Micros): TimeRange {
  const date = new Date(timestamp / 1_000);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return { start: Date.UTC(year, month, 1) * 1_000, end: Date.UTC(year, month + 1, 1) * 1_000 };
}

function floorTo(timestamp: Micros, length: Micros): Micros {
  return Math.floor(timestamp / length) * length;
}

/** Index of the first range that starts after the timestamp. */
export function upperBound(ranges: readonly TimeRange[], timestamp: Micros): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range !== undefined && range.start <= timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}
