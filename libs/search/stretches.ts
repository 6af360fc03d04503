import type { TimeRange } from './time-range.ts';

/** Steps of one stretch of time together: usually one, several where events of the same range lie in several segments. */
export function stretchesOf<T extends TimeRange>(steps: readonly T[]): T[][] {
  const stretches: T[][] = [];
  for (const step of steps) {
    const before = stretches.at(-1);
    if (before?.some((other) => overlap(other, step)) === true) before.push(step);
    else stretches.push([step]);
  }
  return stretches;
}

function overlap(a: TimeRange, b: TimeRange): boolean {
  return a.from < b.to && b.from < a.to;
}

/** The time that all of them together cover. */
export function hullOf(steps: readonly TimeRange[]): TimeRange {
  return {
    from: Math.min(...steps.map(({ from }) => from)),
    to: Math.max(...steps.map(({ to }) => to)),
  };
}
