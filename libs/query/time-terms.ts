import type { Micros } from '#event';
import type { CompareOperator, Query } from './ast.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { TIME_FORMS, tryParseTime } from './time.ts';

interface Place {
  readonly from: number;
  readonly to: number;
}

export function timeTerm(parts: readonly string[], place: Place, now: Micros): Query {
  if (parts.length > 1 && parts.every((part) => part === '')) return { kind: 'all' };
  const time = timeNamed(parts.join('*'), place, now);
  return { kind: 'time', from: time, to: time };
}

export function timeComparison(
  operator: CompareOperator,
  value: string,
  place: Place,
  now: Micros,
): Query {
  const time = timeNamed(value, place, now);
  switch (operator) {
    case '>=':
      return { kind: 'time', from: time, to: null };
    case '>':
      return { kind: 'time', from: time + 1, to: null };
    case '<=':
      return { kind: 'time', from: null, to: time };
    case '<':
      return { kind: 'time', from: null, to: time - 1 };
  }
}

function timeNamed(text: string, place: Place, now: Micros): Micros {
  const time = tryParseTime(text, now);
  if (time !== null) return time;
  const reason = text === '' ? 'a time is missing' : `"${text}" is no time`;
  throw new QuerySyntaxError(reason, place.from, place.to, [TIME_FORMS]);
}
