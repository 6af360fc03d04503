import { LONGEST_GRACE_DAYS, MOST_SERVICES, type TokenToKeep } from '#access';
import type { Micros } from '#event';

import { accepted, refused, type Parameter, type Values } from '../parameters/parameter.ts';
import { readTime } from '../parameters/selection.ts';
import { readServiceNames, serviceNamesSchema } from '../parameters/service-names.ts';
import { flag, integer, requiredText } from '../parameters/values.ts';

const LONGEST_NAME = 100;
const MOST_EVENTS_PER_SECOND = 10_000_000;
/** A PiB; JSON numbers are exact up to 8 of them. */
const MOST_BYTES_PER_DAY = 2 ** 50;

/** A whole number from 1 on, or null for no limit. */
function limit(most: number, description: string): Parameter<number | null> {
  const allowed = `it must be null for no limit, or a whole number from 1 to ${most}.`;
  return {
    description: `${description} Null or absent: no limit.`,
    required: false,
    schema: { type: 'integer', nullable: true, minimum: 1, maximum: most },
    read: (value) => {
      if (value === null) return accepted(null);
      const number = /^\d{1,16}$/.test(value) ? Number(value) : 0;
      return number >= 1 && number <= most ? accepted(number) : refused(allowed);
    },
  };
}

const services: Parameter<readonly string[] | null> = {
  description:
    'The only services whose events are taken, by their whole names; null or absent: all, and events without one.',
  required: false,
  schema: serviceNamesSchema(MOST_SERVICES),
  readJson: (value) => readServiceNames(value ?? null, MOST_SERVICES),
  read: () => accepted(null),
};

const expiresAt: Parameter<Micros | null> = {
  description:
    'When it expires: RFC 3339, or relative to now like `now+90d`. Null or absent: never.',
  required: false,
  schema: { type: 'string', nullable: true, example: 'now+90d' },
  read: (value, now) => {
    if (value === null) return accepted(null);
    const reading = readTime(value, now);
    if (!reading.ok) return reading;
    return reading.value > now ? reading : refused('it must be in the future.');
  },
};

/** Everything that an admin says about a token. */
export const tokenParameters = {
  name: requiredText({
    maxLength: LONGEST_NAME,
    description: 'Its name, for people; no other token has it.',
    form: {
      pattern: /^(?=.*\S)\P{Cc}+$/su,
      words: 'it must have a character that is seen, and no control characters.',
    },
  }),
  services,
  eventsPerSecond: limit(MOST_EVENTS_PER_SECOND, 'Most events per second.'),
  burst: {
    ...limit(MOST_EVENTS_PER_SECOND, 'Most events at once after a pause.'),
    description:
      'Most events at once after a pause. Null or absent: as many as in a second. It needs `eventsPerSecond`.',
  },
  bytesPerDay: limit(MOST_BYTES_PER_DAY, 'Most bytes of events per UTC day.'),
  disabled: flag({ description: 'Whether it is refused.' }),
  expiresAt,
} as const;

const SECONDS_PER_DAY = 86_400;

export const rotationParameters = {
  graceSeconds: integer({
    min: 0,
    max: LONGEST_GRACE_DAYS * SECONDS_PER_DAY,
    fallback: SECONDS_PER_DAY,
    description: 'How long the secret before goes on being accepted.',
  }),
} as const;

export function tokenToKeep(values: Values<typeof tokenParameters>): TokenToKeep {
  return { ...values, name: values.name.trim() };
}
