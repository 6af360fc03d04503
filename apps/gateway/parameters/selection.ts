import { MICROS_PER_SECOND, type Micros } from '#event';
import {
  parseQuery,
  parseTime,
  QuerySyntaxError,
  rewriteForeign,
  TimeFormatError,
  type Query,
} from '#query';

import { invalidParameters } from '../http/problem.ts';
import { accepted, refused, type Parameter, type Reading } from './parameter.ts';

export const LONGEST_QUERY = 8 * 1024;

/** The query language; the empty query means everything. */
export const query: Parameter<Query> = {
  description:
    'What to look for, in the query language: `level:error AND message:"Failed to connect"`. The empty query means everything.',
  required: false,
  schema: { type: 'string', maxLength: LONGEST_QUERY, default: '' },
  read: (value, now) => readQuery(value ?? '', now),
};

function readQuery(value: string, now: Micros): Reading<Query> {
  if (value.length > LONGEST_QUERY) {
    return refused(`it has ${value.length} characters; at most ${LONGEST_QUERY} are allowed.`);
  }
  try {
    return accepted(parseQuery(value, now));
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    const { column, length, expected } = error;
    const rewritten = ofAnotherProduct(value, now);
    const written = rewritten === null ? {} : { rewritten };
    return {
      ok: false,
      detail: error.message,
      extensions: { column, length, expected, ...written },
    };
  }
}

/** Longer ones are hardly written by hand. */
const LONGEST_REWRITTEN = 1_024;

/** A refused query as this language writes it; null where that would be refused, too. */
function ofAnotherProduct(value: string, now: Micros): string | null {
  const rewritten = value.length > LONGEST_REWRITTEN ? null : rewriteForeign(value);
  try {
    if (rewritten !== null) parseQuery(rewritten, now);
    return rewritten;
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    return null;
  }
}

function time(description: string, example: string): Parameter<Micros | null> {
  return {
    description,
    required: false,
    schema: { type: 'string', example },
    read: (value, now) => (value === null ? accepted(null) : readTime(value, now)),
  };
}

const YEAR_1 = -62_135_596_800 * MICROS_PER_SECOND;
const YEAR_10000 = 253_402_300_800 * MICROS_PER_SECOND;

/** RFC 3339 or relative to now. */
export function readTime(value: string, now: Micros): Reading<Micros> {
  const time = parsedTime(value, now) ?? parsedTime(withPlus(value), now);
  if (time !== null && time >= YEAR_1 && time < YEAR_10000) return accepted(time);
  const shown = JSON.stringify(value.slice(0, 60));
  return refused(
    `${shown} is no time; send RFC 3339 like 2023-09-15T08:00:00Z, or a time relative to now like -15m or now.`,
  );
}

function parsedTime(value: string, now: Micros): Micros | null {
  try {
    return parseTime(value, now);
  } catch (error) {
    if (error instanceof TimeFormatError) return null;
    throw error;
  }
}

/** An unencoded `+` of an offset arrives as a space: `2023-09-15T08:00:00+02:00`, `now+1h`. */
function withPlus(value: string): string {
  return value.replace(/^(now|\d{4}-\d\d-\d\dT\S+) /, '$1+');
}

/** The parameters that every reading call over a range shares. */
export const selection = {
  q: query,
  from: time(
    'Start of the range, inclusive: RFC 3339, or relative to now like `-15m`. Open when absent.',
    '-15m',
  ),
  to: time(
    'End of the range, exclusive: RFC 3339, or relative to now like `now`. Open when absent.',
    'now',
  ),
} as const;

/** Throws a 400 `Problem` when the range ends before it starts. */
export function checkRange(
  from: Micros | null,
  to: Micros | null,
  fromName = 'from',
  toName = 'to',
): void {
  if (from === null || to === null || from <= to) return;
  throw invalidParameters([
    { field: toName, detail: `it lies before \`${fromName}\`; send the earlier time first.` },
  ]);
}
