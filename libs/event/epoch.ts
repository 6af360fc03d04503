import type { Micros } from './timestamp.ts';

/**
 * The unit of an epoch by its magnitude (ARCHITECTURE.md, "The event"): below 1e11 seconds, below 1e14
 * milliseconds, below 1e17 microseconds, else nanoseconds. Each is the decimal places from unit to microseconds.
 */
function placesToMicros(magnitude: number): number {
  if (magnitude < 1e11) return 6;
  if (magnitude < 1e14) return 3;
  if (magnitude < 1e17) return 0;
  return -3;
}

/** Microseconds of an epoch given as a number, or null if it is not finite. */
export function parseEpochNumber(value: number): Micros | null {
  if (!Number.isFinite(value)) return null;
  const places = placesToMicros(Math.abs(value));
  if (Number.isInteger(value)) {
    // Cut towards zero, as the digits of a text are.
    if (places < 0) return Math.trunc(value / 1_000);
    return value * 10 ** places;
  }
  // A fraction is cut by its shortest decimal text: arithmetic on 1700000000.123457 gives ...456.9 or ...457.1.
  return parseEpochText(String(value));
}

const EPOCH = /^([+-]?)(\d{1,30})(?:\.(\d*))?$/;

/** Microseconds of an epoch given as decimal digits, exact to the last one, or null if the text is anything else. */
export function parseEpochText(text: string): Micros | null {
  const match = EPOCH.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const places = placesToMicros(Number(whole));
  const micros =
    places < 0
      ? Number(whole.slice(0, places))
      : Number(whole + fraction.slice(0, places).padEnd(places, '0'));
  return sign === '-' ? -micros : micros;
}
