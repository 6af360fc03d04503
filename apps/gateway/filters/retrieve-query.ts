import { parseLevel, type Level, type Micros } from '#event';
import type { Query } from '#query';

import { accepted, refused, type Parameter } from '../parameters/parameter.ts';
import { checkRange, readTime } from '../parameters/selection.ts';

function time(description: string): Parameter<Micros | null> {
  return {
    description,
    required: false,
    schema: { type: 'string', example: '2024-10-07T20:00:00Z' },
    read: (value, now) => (value === null ? accepted(null) : readTime(value, now)),
  };
}

const level: Parameter<Level | null> = {
  description: 'The level, in any spelling that is accepted for events: `WARNING`, `error`.',
  required: false,
  schema: { type: 'string', example: 'WARNING' },
  read: (value) => {
    if (value === null) return accepted(null);
    const known = parseLevel(value);
    return known === null
      ? refused('it must be a level: trace, debug, info, warn, error or fatal.')
      : accepted(known);
  },
};

export const retrieveParameters = {
  startTime: time('Start of the range, inclusive. Open when absent.'),
  endTime: time('End of the range, inclusive. Open when absent.'),
  logLevel: level,
} as const;

interface RetrieveValues {
  readonly startTime: Micros | null;
  readonly endTime: Micros | null;
  readonly logLevel: Level | null;
}

export function retrieveQuery({ startTime, endTime, logLevel }: RetrieveValues): Query {
  checkRange(startTime, endTime, 'startTime', 'endTime');
  const time: Query = { kind: 'time', from: startTime, to: endTime };
  if (logLevel === null) return time;
  return { kind: 'and', operands: [time, { kind: 'level', levels: [logLevel] }] };
}
