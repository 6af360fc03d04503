/**
 * Microseconds since 1970-01-01T00:00:00Z. A whole number; exact in a JavaScript number until the year 2255.
 */
export type Micros = number;

/** The first time that RFC 3339 cannot write. */
export const YEAR_10000: Micros = 253_402_300_800_000_000;

/** Whether an event can have the time. */
export function isTimestamp(value: number): value is Micros {
  return Number.isInteger(value) && value >= 0 && value < YEAR_10000;
}

export const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
export const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
export const MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

let formattedDay = Number.NaN;
let formattedDate = '';

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ`, always 27 characters for the years 0 to 9999. */
export function formatTimestamp(timestamp: Micros): string {
  const day = Math.floor(timestamp / MICROS_PER_DAY);
  // Neighbouring events nearly always share their day, so the last date is kept.
  if (day !== formattedDay) {
    formattedDate = formatDate(day);
    formattedDay = day;
  }
  const micros = timestamp - day * MICROS_PER_DAY;
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor((seconds % 3600) / 60);
  const fraction = String(micros - seconds * MICROS_PER_SECOND + MICROS_PER_SECOND).slice(1);
  return `${formattedDate}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(seconds % 60)}.${fraction}Z`;
}

/** `YYYY-MM-DD` of a day, given in whole days since 1970-01-01. */
function formatDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, -14);
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
