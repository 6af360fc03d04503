import { requiredTokens, type Query } from '#query';
import type { SkipIndexReader } from '#store';
import { scanCandidates } from './candidate-scan.ts';
import { scanMinutes } from './minute-scan.ts';
import { scanOrdered } from './ordered-scan.ts';
import type { Step } from './planner.ts';
import { remainder } from './position.ts';
import { minutesHelp, requiredKeys } from './required-keys.ts';
import type { Found, Scan } from './scan.ts';
import { isEmpty } from './time-range.ts';
import { scanIndexes, type IndexUse } from './word-index/index-scan.ts';
import type { IndexStep, PlannedStep } from './word-index/index-step.ts';

/** What finding needs beside the scan. */
export interface FindContext {
  /** Without what its time terms say already. */
  readonly query: Query;
  readonly skipIndex: SkipIndexReader;
  readonly signal: AbortSignal;
  /** Null where the plan has no index steps. */
  readonly use: IndexUse | null;
}

/** Runs the steps of a plan, in order, each by its access. */
export async function* findEvents(
  scan: Scan,
  context: FindContext,
  steps: readonly PlannedStep[],
): AsyncGenerator<Found> {
  const { query, skipIndex, use } = context;
  const readRows = (part: Scan, rows: readonly Step[]) => findRows(part, query, rows, skipIndex);
  const rest = stepsAfter(scan, steps);
  for (let at = 0; at < rest.length;) {
    const run = runFrom(rest, at);
    at += run.length;
    const indexed = run.filter((step) => step.engine === 'meilisearch');
    const rows = run.filter((step) => step.engine === 'postgres');
    if (use !== null) yield* scanIndexes({ ...context, scan, use, readRows }, indexed);
    yield* readRows(scan, rows);
  }
}

/** Neighbours that one engine reads. */
function runFrom(steps: readonly PlannedStep[], start: number): readonly PlannedStep[] {
  const engine = steps[start]?.engine;
  const end = steps.findIndex((step, at) => at > start && step.engine !== engine);
  return steps.slice(start, end === -1 ? steps.length : end);
}

/** Reads steps from Postgres, in order. All steps of a plan have the same access. */
function findRows(
  scan: Scan,
  query: Query,
  steps: readonly Step[],
  skipIndex: SkipIndexReader,
): AsyncGenerator<Found> {
  const keys = requiredKeys(query);
  const inOrder = (part: readonly Step[]) =>
    minutesHelp(keys) ? scanMinutes(scan, part, keys) : scanOrdered(scan, part);
  return steps[0]?.access === 'skip-index'
    ? scanCandidates(scan, steps, skipIndex, requiredTokens(query), inOrder)
    : inOrder(steps);
}

function stepsAfter(scan: Scan, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps
    .map((step) => cut(step, remainder(step, scan.after, scan.order)))
    .filter((step) => !isEmpty(step));
}

function cut<T extends Step | IndexStep>(step: T, range: { from: number; to: number }): T {
  return step.engine === 'postgres'
    ? { ...step, ...range }
    : { ...step, ...range, rows: { ...step.rows, ...range } };
}
