import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '#event';
import type { Micros } from '#event';

import { accepted, refused, type Parameter } from './parameter.ts';

const UNITS: Readonly<Record<string, Micros>> = {
  d: MICROS_PER_DAY,
  h: MICROS_PER_HOUR,
  m: MICROS_PER_MINUTE,
  s: MICROS_PER_SECOND,
};

const LONGEST_INTERVAL = 36_500 * MICROS_PER_DAY;

/** Width of a histogram's bucket: a number with s, m, h or d; null picks about 100 buckets. */
export const interval: Parameter<Micros | null> = {
  description:
    'Width of a bucket, aligned to UTC: a whole number with s, m, h or d (`30s`, `10m`). About 100 buckets when absent.',
  required: false,
  schema: { type: 'string', pattern: '^[1-9][0-9]*[smhd]$', example: '10m' },
  read: (value) => {
    if (value === null) return accepted(null);
    const match = /^([1-9]\d{0,9})([smhd])$/.exec(value);
    const micros = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
    return micros <= LONGEST_INTERVAL
      ? accepted(micros)
      : refused('it must be a whole number with s, m, h or d, like 30s, 10m, 1h or 1d.');
  },
};

/** The largest unit that measures the interval without a remainder: 600,000,000 is `10m`. */
export function formatInterval(micros: Micros): string {
  for (const [unit, size] of Object.entries(UNITS)) {
    if (micros >= size && micros % size === 0) return `${micros / size}${unit}`;
  }
  return `${micros / MICROS_PER_SECOND}s`;
}

const SHORTEST_BUDGET_MS = 10;

/** Time budget of a scan in ms, written `500ms` or `10s`. */
export function budget(defaultMs: number, maxMs: number): Parameter<number> {
  const bounds = `from ${SHORTEST_BUDGET_MS}ms to ${maxMs / 1_000}s (default ${defaultMs / 1_000}s)`;
  return {
    description: `Longest time to search, ${bounds}. On reaching it the answer is what was found, marked \`partial\`.`,
    required: false,
    schema: { type: 'string', pattern: '^[0-9]+(ms|s)$', default: `${defaultMs / 1_000}s` },
    read: (value) => {
      if (value === null) return accepted(defaultMs);
      const match = /^(\d{1,9})(ms|s)$/.exec(value);
      const ms = Number(match?.[1]) * (match?.[2] === 's' ? 1_000 : 1);
      return ms >= SHORTEST_BUDGET_MS && ms <= maxMs
        ? accepted(ms)
        : refused(`it must be a number with ms or s, ${bounds}.`);
    },
  };
}
