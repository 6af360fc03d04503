import { requiredTokens } from '#query';
import type { SkipIndexReader } from '#store';
import { scanCandidates } from './candidate-scan.ts';
import { scanMinutes } from './minute-scan.ts';
import { scanOrdered } from './ordered-scan.ts';
import type { Step } from './planner.ts';
import { remainder } from './position.ts';
import { minutesHelp, requiredKeys } from './required-keys.ts';
import type { Found, Scan } from './scan.ts';
import type { Selection } from './search-service.ts';
import { isEmpty } from './time-range.ts';

/** Runs the steps of a plan, in order, each by its access. All steps of a plan have the same. */
export function findEvents(
  scan: Scan,
  selection: Selection,
  steps: readonly Step[],
  skipIndex: SkipIndexReader,
): AsyncGenerator<Found> {
  const rest = stepsAfter(scan, steps);
  const keys = requiredKeys(selection.query);
  const inOrder = (part: readonly Step[]) =>
    minutesHelp(keys) ? scanMinutes(scan, part, keys) : scanOrdered(scan, part);
  return rest[0]?.access === 'skip-index'
    ? scanCandidates(scan, rest, skipIndex, requiredTokens(selection.query), inOrder)
    : inOrder(rest);
}

function stepsAfter(scan: Scan, steps: readonly Step[]): readonly Step[] {
  return steps
    .map((step): Step => ({ ...step, ...remainder(step, scan.after, scan.order) }))
    .filter((step) => !isEmpty(step));
}
