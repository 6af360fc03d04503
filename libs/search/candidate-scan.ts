import type { EventPosition, StoredEvent } from '#event';
import {
  decodeEvent,
  EVENT_COLUMNS,
  type PlacedCandidate,
  type SegmentCandidates,
  type SkipIndexReader,
} from '#store';
import type { TokenRequirement } from '#query';
import { candidatesSql, hiddenBoundsSql } from './candidate-sql.ts';
import { allOf } from './event-filter.ts';
import { relationSql } from './piece.ts';
import type { Step } from './planner.ts';
import { afterSql, inOrder, orderSql, positionAfter, positionBefore } from './position.ts';
import type { Found, Scan } from './scan.ts';

/** Beyond this share of candidates, reading in order costs less than reading groups. */
const MAX_SHARE = 0.5;
/** Events of the candidates that one statement reads, first and at most. */
const FIRST_EVENTS = 50_000;
const MAX_EVENTS = 400_000;
/** As many where matches are checked here, for they are held in memory. */
const MAX_CHECKED_EVENTS = 50_000;
/** Each candidate is one pass over an index. */
const MAX_RANGES = 24;
const MAX_SEGMENTS = 64;

interface StepCandidate extends PlacedCandidate {
  readonly step: Step;
}

/** Reads the steps of segments where the skip index does not help. */
type Fallback = (steps: readonly Step[]) => AsyncGenerator<Found>;

/** Reads only the groups that may hold the query's tokens; segments where most may, by `fallback`. */
export async function* scanCandidates(
  scan: Scan,
  steps: readonly Step[],
  skipIndex: SkipIndexReader,
  requirement: TokenRequirement,
  fallback: Fallback,
): AsyncGenerator<Found> {
  let width = 1;
  for (let at = 0; at < steps.length; width = Math.min(width * 4, MAX_SEGMENTS)) {
    const chunk = steps.slice(at, at + width);
    at += width;
    const found = await skipIndex.find(scan.snapshot, chunk, requirement);
    yield* scanChunk(scan, chunk, found, fallback);
  }
}

/** Neighbouring segments of one kind are read together: selective ones by groups, the others in order. */
async function* scanChunk(
  scan: Scan,
  steps: readonly Step[],
  found: readonly SegmentCandidates[],
  fallback: Fallback,
): AsyncGenerator<Found> {
  const judged = steps.map((step, index) => judge(step, found[index]));
  for (let at = 0; at < judged.length;) {
    const selective = judged[at]?.selective ?? false;
    const end = judged.findIndex((other, index) => index > at && other.selective !== selective);
    const run = judged.slice(at, end === -1 ? judged.length : end);
    at += run.length;
    const runSteps = run.map(({ step }) => step);
    if (!selective) yield* fallback(runSteps);
    else {
      const placed = run.flatMap(({ step, candidates }) => place(scan, step, candidates));
      yield* scanGroups(scan, runSteps, placed);
    }
  }
}

function judge(step: Step, answer: SegmentCandidates | undefined) {
  if (answer === undefined) return { step, selective: false, candidates: [] };
  const selective = answer.candidateEvents <= answer.events * MAX_SHARE;
  return { step, selective, candidates: answer.candidates };
}

/** The candidates in the order of the first event of the step that they can hold. */
export function place(
  scan: Pick<Scan, 'order'>,
  step: Step,
  candidates: readonly PlacedCandidate[],
): StepCandidate[] {
  const placed = candidates.map((candidate) => ({ ...candidate, step }));
  return scan.order === 'asc'
    ? placed.sort((a, b) => a.minTs - b.minTs)
    : placed.sort((a, b) => b.maxTs - a.maxTs);
}

/**
 * Candidates overlap in time, so what is found is held back until no unread candidate can hold something before it.
 */
async function* scanGroups(
  scan: Scan,
  steps: readonly Step[],
  candidates: readonly StepCandidate[],
): AsyncGenerator<Found> {
  const last = steps.at(-1);
  if (last === undefined) return;
  const compare = inOrder(scan.order);
  let held: StoredEvent[] = [];
  let quota = FIRST_EVENTS;
  for (let at = 0; at < candidates.length;) {
    const batch = takeBatch(candidates, at, quota);
    at += batch.length;
    held.push(...(await readGroups(scan, batch)));
    held.sort(compare);
    const frontier = frontierOf(candidates[at], scan);
    if (frontier === null) break;
    const ready = held.filter((event) => compare(event, frontier) <= 0);
    held = held.slice(ready.length);
    yield { events: ready, upTo: frontier };
    quota = Math.min(quota * 2, scan.filter.check === null ? MAX_EVENTS : MAX_CHECKED_EVENTS);
  }
  yield { events: held, upTo: positionAfter(last, scan.order) };
}

/** What lies before the first event that an unread candidate can hold. */
function frontierOf(next: StepCandidate | undefined, scan: Scan): EventPosition | null {
  if (next === undefined) return null;
  const { step } = next;
  return positionBefore(
    { from: Math.max(next.minTs, step.from), to: Math.min(next.maxTs + 1, step.to) },
    scan.order,
  );
}

function takeBatch(
  candidates: readonly StepCandidate[],
  start: number,
  quota: number,
): StepCandidate[] {
  const batch: StepCandidate[] = [];
  let events = 0;
  for (const candidate of candidates.slice(start, start + MAX_RANGES)) {
    if (batch.length > 0 && events + candidate.events > quota) break;
    batch.push(candidate);
    events += candidate.events;
  }
  return batch;
}

/** The matches in some candidates, at most `limit` of each segment. */
async function readGroups(scan: Scan, batch: readonly StepCandidate[]): Promise<StoredEvent[]> {
  const { snapshot, filter, order, after } = scan;
  const bySegment = Map.groupBy(batch, (candidate) => candidate.step);
  const arms = [...bySegment].map(([step, candidates]) => {
    const where = allOf([
      candidatesSql(candidates),
      hiddenBoundsSql({ ...step, step }),
      after === null ? null : `(${afterSql(after, order)}) IS TRUE`,
      filter.sql,
    ]);
    const cut = filter.check === null ? ` ${orderSql(order)} LIMIT ${scan.limit}` : '';
    return `(SELECT ${EVENT_COLUMNS} FROM ${relationSql({ ...step, step })}${where}${cut})`;
  });
  await snapshot.steer('bitmap', scan.deadline.statementTimeoutMs);
  const rows = await snapshot.rows(arms.join(' UNION ALL '), filter.values);
  const events = rows.map(decodeEvent);
  const { check } = filter;
  return check === null ? events : events.filter((event) => check(event));
}
