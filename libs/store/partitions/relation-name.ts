import { MICROS_PER_DAY } from '#event';
import type { TimeRange } from './plan.ts';

/**
 * Name of the partition of a range: `log_event_20261124` for a UTC day, else both ends
 * (`log_event_20261001_20261101`, hours as `2026112405`). Unique, since ranges never overlap.
 */
export function relationName(range: TimeRange): string {
  const start = compact(range.start);
  return range.end - range.start === MICROS_PER_DAY && range.start % MICROS_PER_DAY === 0
    ? `log_event_${start}`
    : `log_event_${start}_${compact(range.end)}`;
}

/** Ranges begin and end at full hours. */
function compact(micros: number): string {
  const digits = new Date(micros / 1_000).toISOString().replace(/\D/g, '');
  return digits.slice(0, micros % MICROS_PER_DAY === 0 ? 8 : 10);
}
