import { parseEpochNumber, parseEpochText } from './epoch.ts';
import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  YEAR_10000,
  type Micros,
} from './timestamp.ts';

const ZERO = 48;
const DASH = 45;
const COLON = 58;
const DOT = 46;
const PLUS = 43;
const SPACE = 32;
const UPPER_T = 84;
const LOWER_T = 116;
const UPPER_Z = 90;
const LOWER_Z = 122;

/**
 * The time that a value of any accepted form names, or null.
 *
 * Accepted: RFC 3339 with any offset; the same with a space for the `T`, a comma for the point, `/` in the date,
 * an offset as `+0200`, `+02` or ` UTC`, without seconds, without a time of day, or without a zone (then UTC);
 * epochs as a number or digits, in s, ms, us or ns by magnitude. Digits beyond microseconds are cut.
 */
export function parseTimestamp(value: unknown): Micros | null {
  if (typeof value === 'number') return withinYears(parseEpochNumber(value));
  if (typeof value !== 'string') return null;
  return withinYears(parseRfc3339(value) ?? parseEpochText(value) ?? parseVariant(value));
}

const YEAR_0 = -62_167_219_200_000_000;
/** A number holds only every 32nd microsecond there. */
const LAST_OF_YEAR_9999 = YEAR_10000 - 32;

/** RFC 3339 writes the years 0 to 9999; an epoch outside of them is no time. */
function withinYears(timestamp: Micros | null): Micros | null {
  if (timestamp === null || timestamp < YEAR_0 || timestamp > YEAR_10000) return null;
  // 9999-12-31T23:59:59.999999Z is rounded up to the next year.
  return Math.min(timestamp, LAST_OF_YEAR_9999);
}

/** Reads the canonical spelling of RFC 3339 without a regular expression: this runs for every event. */
function parseRfc3339(text: string): Micros | null {
  if (text.length < 20 || !hasSeparators(text)) return null;
  const dateTime = epochOf(
    digits(text, 0, 4),
    digits(text, 5, 7),
    digits(text, 8, 10),
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
  );
  if (dateTime === null) return null;
  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === DOT) {
    at = endOfDigits(text, 20);
    if (at === 20) return null;
    fraction = fractionMicros(text, 20, at);
  }
  const offset = parseOffset(text, at);
  return offset === null ? null : dateTime + fraction - offset;
}

function hasSeparators(text: string): boolean {
  const middle = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    (middle === UPPER_T || middle === SPACE || middle === LOWER_T)
  );
}

/** `Z` or `±HH:MM` from the given place to the end, in microseconds, or null. */
function parseOffset(text: string, at: number): Micros | null {
  const sign = text.charCodeAt(at);
  if (sign === UPPER_Z || sign === LOWER_Z) return text.length === at + 1 ? 0 : null;
  if (sign !== PLUS && sign !== DASH) return null;
  if (text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return null;
  return offsetOf(sign === DASH, digits(text, at + 1, at + 3), digits(text, at + 4, at + 6));
}

function offsetOf(west: boolean, hours: number, minutes: number): Micros | null {
  // A negative value stands for characters that are no digits.
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  const size = hours * MICROS_PER_HOUR + minutes * MICROS_PER_MINUTE;
  return west ? -size : size;
}

/** The number that the digits in [start, end) spell, or -1 if one of them is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= 57) at++;
  return at;
}

/** The digits in [start, end) as a fraction of a second, cut to microseconds. */
function fractionMicros(text: string, start: number, end: number): Micros {
  let micros = 0;
  for (let at = start; at < start + 6; at++) {
    micros = micros * 10 + (at < end ? text.charCodeAt(at) - ZERO : 0);
  }
  return micros;
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Microseconds of a date and time of day in UTC, or null where a part is out of its range (negative: no digits). */
function epochOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Micros | null {
  if (!isDate(year, month, day) || !isTimeOfDay(hour, minute, second)) return null;
  const time = hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND;
  return daysSince1970(year, month, day) * MICROS_PER_DAY + time;
}

function isDate(year: number, month: number, day: number): boolean {
  if (year < 0 || month < 1 || month > 12 || day < 1) return false;
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day <= (DAYS_IN_MONTH[month - 1] ?? 0) + leapDay;
}

function isTimeOfDay(hour: number, minute: number, second: number): boolean {
  // Second 60 is a leap second; like POSIX time, it counts as the first second of the next minute.
  return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60;
}

/** Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const VARIANT =
  /^(\d{4})([-/])(\d\d)\2(\d\d)(?:(?:[Tt]| +)(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)? ?(?:Z|z|UTC|GMT|([+-])(\d\d):?(\d\d)?(?: (?:UTC|GMT))?)?$/;

const LONGEST_VARIANT = 100;

function parseVariant(text: string): Micros | null {
  if (text.length > LONGEST_VARIANT) return null;
  const match = VARIANT.exec(text.trim());
  if (match === null) return null;
  const [, year, , month, day, hour = 0, minute = 0, second = 0, fraction, sign, east, minutes] =
    match;
  const dateTime = epochOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const offset = offsetOf(sign === '-', Number(east ?? 0), Number(minutes ?? 0));
  if (dateTime === null || offset === null) return null;
  return dateTime + cutFraction(fraction) - offset;
}

function cutFraction(fraction: string | undefined): Micros {
  return fraction === undefined ? 0 : fractionMicros(fraction, 0, fraction.length);
}
