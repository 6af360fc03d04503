import { MICROS_PER_DAY, type Micros } from '#event';

const ZERO = 48;

/**
 * Reads a timestamptz in Postgres's text format with DateStyle ISO and TimeZone UTC:
 * `YYYY-MM-DD HH:MM:SS[.f{1,6}]+00`, year 1970 to 9999. Without Date, which is slow and knows no microseconds.
 */
export function parseTimestamptz(text: string): Micros {
  const year = two(text, 0) * 100 + two(text, 2);
  const days = daysFromCivil(year, two(text, 5), two(text, 8));
  const seconds = two(text, 11) * 3600 + two(text, 14) * 60 + two(text, 17);
  return days * MICROS_PER_DAY + seconds * 1_000_000 + fraction(text);
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

/** Microseconds of the digits after the point at index 19, where there are some. */
function fraction(text: string): Micros {
  if (text.charCodeAt(19) !== 46) return 0;
  let micros = 0;
  let unit = 100_000;
  for (let at = 20; unit >= 1; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    micros += digit * unit;
    unit /= 10;
  }
  return micros;
}

/** Days since 1970-01-01 of a Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
