import type { TimeRange } from './time-range.ts';

/**
 * Steps of one stretch of time together: usually one, several where events of the same time lie in several segments.
 *
 * @param steps ordered by their beginnings, up or down
 */
export function stretchesOf<T extends TimeRange>(steps: readonly T[]): T[][] {
  const stretches: T[][] = [];
  for (const step of steps) {
    const stretch = [step];
    while (stretches.at(-1)?.some((other) => overlap(other, step)) === true) {
      stretch.unshift(...(stretches.pop() ?? []));
    }
    stretches.push(stretch);
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
