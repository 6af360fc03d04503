import type { ColumnarReader } from '#columnar';
import { requiredTokens, type Query } from '#query';
import type { SkipIndexReader } from '#store';
import { scanCandidates } from './candidate-scan.ts';
import { scanColumnar } from './columnar/columnar-scan.ts';
import { ColumnarUnavailableError } from './columnar/columnar-unavailable-error.ts';
import { scanMinutes } from './minute-scan.ts';
import { scanOrdered } from './ordered-scan.ts';
import type { Step } from './planner.ts';
import { positionAfter, remainder } from './position.ts';
import { minutesHelp, requiredKeys } from './required-keys.ts';
import type { Found, Scan } from './scan.ts';
import { hullOf, stretchesOf } from './stretches.ts';
import { isEmpty } from './time-range.ts';
import { scanIndexes, type IndexUse } from './word-index/index-scan.ts';
import type { IndexStep, PlannedStep } from './word-index/index-step.ts';
import { mergeReadings, type Reading } from './word-index/merge.ts';

/** What finding needs beside the scan. */
export interface FindContext {
  /** Without what its time terms say already. */
  readonly query: Query;
  readonly skipIndex: SkipIndexReader;
  /** Null where there are no columnar segments. */
  readonly columnar: ColumnarReader | null;
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
  const rest = stretchesOf(stepsAfter(scan, steps));
  for (let at = 0; at < rest.length;) {
    const run = runFrom(rest, at);
    at += run.length;
    yield* readRun(scan, context, run.flat(), run.length === 1);
  }
}

/** Neighbours that one engine reads, each alone in its stretch; else one stretch. */
function runFrom(
  stretches: readonly (readonly PlannedStep[])[],
  start: number,
): readonly (readonly PlannedStep[])[] {
  const engine = engineOf(stretches[start]);
  if (engine === null) return stretches.slice(start, start + 1);
  const end = stretches.findIndex((other, at) => at > start && engineOf(other) !== engine);
  return stretches.slice(start, end === -1 ? stretches.length : end);
}

function engineOf(stretch: readonly PlannedStep[] | undefined): PlannedStep['engine'] | null {
  return stretch?.length === 1 ? (stretch[0]?.engine ?? null) : null;
}

function readRun(
  scan: Scan,
  context: FindContext,
  steps: readonly PlannedStep[],
  isStretch: boolean,
): AsyncGenerator<Found> {
  const { query, skipIndex, use } = context;
  const readRows = (part: Scan, rows: readonly Step[]) => findRows(part, query, rows, skipIndex);
  if (isStretch && steps.length > 1) return readStretch(scan, context, steps);
  const columnar = steps.filter(isColumnar);
  if (columnar.length > 0) return readColumnar(scan, context, columnar);
  const indexed = steps.filter((step) => step.engine === 'meilisearch');
  if (use !== null && indexed.length > 0) {
    return scanIndexes({ ...context, scan, use, readRows }, indexed);
  }
  return readRows(scan, steps.filter(isRows));
}

function isRows(step: PlannedStep): step is Step {
  return step.engine === 'postgres';
}

function isColumnar(step: PlannedStep): step is Step {
  return step.engine === 'columnar';
}

/** Segments of the same time are read side by side and merged. */
function readStretch(
  scan: Scan,
  context: FindContext,
  steps: readonly PlannedStep[],
): AsyncGenerator<Found> {
  const readings = steps.map((step) => asReading(readRun(scan, context, [step], false)));
  return mergeReadings(scan.order, positionAfter(hullOf(steps), scan.order), readings, () => {
    throw new TypeError('a reading of a segment does not break');
  });
}

async function* asReading(found: AsyncGenerator<Found>): Reading {
  yield* found;
  return 'complete';
}

async function* readColumnar(
  scan: Scan,
  { query, columnar, signal }: FindContext,
  steps: readonly Step[],
): AsyncGenerator<Found> {
  if (columnar === null) throw new ColumnarUnavailableError();
  for (const step of steps) yield* scanColumnar({ scan, query, reader: columnar, signal }, step);
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
  return step.engine === 'meilisearch'
    ? { ...step, ...range, rows: { ...step.rows, ...range } }
    : { ...step, ...range };
}
