import {
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  parseTimestamp,
  type Micros,
} from '#event';

const RELATIVE = /^(?:now)?(?:([+-])(\d{1,9})(s|m|h|d|w))?$/;

const UNITS: Readonly<Record<string, Micros>> = {
  s: MICROS_PER_SECOND,
  m: MICROS_PER_MINUTE,
  h: MICROS_PER_HOUR,
  d: MICROS_PER_DAY,
  w: 7 * MICROS_PER_DAY,
};

/** What `parseTime` accepts, for messages to people. */
export const TIME_FORMS = 'a time such as 2023-09-15T08:00:00Z, now, -15m or now-1h';

/** A text is no time of any accepted form. */
export class TimeFormatError extends Error {
  readonly code = 'invalid-time';

  constructor(text: string) {
    super(`"${text}" is no time; expected ${TIME_FORMS}`);
    this.name = 'TimeFormatError';
  }
}

/**
 * The time that a text names: RFC 3339 and the other forms that events may have, or relative to `now` with the
 * units s, m, h, d and w: `now`, `-15m`, `now-1h`.
 * @throws TimeFormatError
 */
export function parseTime(text: string, now: Micros): Micros {
  const time = tryParseTime(text, now);
  if (time === null) throw new TimeFormatError(text);
  return time;
}

/** As `parseTime`, with null in place of the error. */
export function tryParseTime(text: string, now: Micros): Micros | null {
  const relative = text === '' ? null : RELATIVE.exec(text);
  // A signed number without a unit is a slip, not an epoch before 1970.
  if (relative === null) return /^[+-]/.test(text) ? null : parseTimestamp(text);
  const [, sign, amount, unit] = relative;
  if (amount === undefined || unit === undefined) return now;
  const size = Number(amount) * (UNITS[unit] ?? 0);
  return sign === '-' ? now - size : now + size;
}
