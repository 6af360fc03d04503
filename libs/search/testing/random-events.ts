import { LEVELS, type ParsedEvent, type Micros } from '#event';
import { buildEvent } from '../../query/testing/build-event.ts';

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = ['disk', 'full', 'retry', 'connect', 'user', 'timeout'];

export function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** Events over some time, many with equal timestamps, few words, ids and services, so that queries meet. */
export function randomEvents(
  random: () => number,
  count: number,
  from: Micros,
  length: Micros,
): ParsedEvent[] {
  const step = length / 50;
  return Array.from({ length: count }, () =>
    buildEvent({
      timestamp: from + Math.floor(random() * 50) * step,
      level: random() < 0.9 ? 'info' : pick(random, LEVELS),
      message: Array.from({ length: 4 }, () => pick(random, WORDS)).join(' '),
      service: pick(random, ['api', 'auth', null]),
      resourceId: `server-${Math.floor(random() * 5)}`,
      traceId: `trace-${Math.floor(random() * 40)}`,
      metadata: { size: Math.floor(random() * 10) },
    }),
  );
}
