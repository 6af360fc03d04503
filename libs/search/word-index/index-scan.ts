import type { EventPosition } from '#event';
import { readLeftOut, readUncoveredGroups, type GroupRange } from '#index';
import { requiredTokens, toPredicate, type EventPredicate, type Query } from '#query';
import type { SkipIndexReader } from '#store';
import { scanCandidates } from '../candidate-scan.ts';
import type { Step } from '../planner.ts';
import { inOrder, positionAfter, remainder } from '../position.ts';
import type { Found, Scan } from '../scan.ts';
import {
  checkPositions,
  firstPageSize,
  type PositionPage,
  type PositionSource,
} from './checked-positions.ts';
import type { GuardedIndex } from './guarded-index.ts';
import type { IndexStep } from './index-step.ts';
import { mergeReadings, type Reading } from './merge.ts';
import { confinedTo } from './uncovered.ts';

/** With more groups than this outside the index, a segment is read from Postgres alone. */
const MAX_UNCOVERED_GROUPS = 10_000;
/**
 * A candidate costs as much as reading about a hundred rows in order. So where hardly one in four of the first some
 * hundred is a match (the words are frequent, but never one after the other), the rest is read in order.
 */
const FIRST_CANDIDATES = 256;
const MIN_SHARE = 0.25;
/** Steps whose first pages are asked for side by side, at most. */
const MAX_SIDE_BY_SIDE = 16;

/** Beyond what is ever indexed, within what every backend can compare. */
const LAST_GROUP = 2 ** 36 - 1;
const LAST_ORDINAL = 2 ** 17 - 1;

const IMPRECISE = 'most of its candidates do not match';

/** What an answer that reads from an index keeps of it. */
export interface IndexUse {
  readonly index: GuardedIndex;
  /** Whether the index answered anything. */
  answered: boolean;
  /** Whether most of what it proposes does not match, so that it is not asked for further segments. */
  imprecise: boolean;
  /** Segments, by id, that the skip index says hold no match, so that nothing was read in them. */
  readonly ruledOut: Set<number>;
  /** Why segments were read, or finished, without their index, by segment id. */
  readonly withoutIndex: Map<number, string>;
}

/** What reading with an index needs beside the scan. */
export interface IndexScan {
  readonly scan: Scan;
  readonly query: Query;
  readonly skipIndex: SkipIndexReader;
  readonly signal: AbortSignal;
  readonly use: IndexUse;
  /** Reads steps from Postgres alone, those of one plan in order. */
  readonly readRows: (scan: Scan, steps: readonly Step[]) => AsyncGenerator<Found>;
}

/** Reads steps with their indexes, in order; the first pages of some steps are asked for in advance. */
export async function* scanIndexes(
  context: IndexScan,
  steps: readonly IndexStep[],
): AsyncGenerator<Found> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([context.signal, stopped.signal]);
  const stoppable = { ...context, signal };
  const holds = toPredicate(context.query);
  try {
    for (let at = 0, width = 1; at < steps.length; width = Math.min(width * 4, MAX_SIDE_BY_SIDE)) {
      const chunk = steps.slice(at, at + width);
      at += width;
      await ruleOut(context, chunk);
      const readings = chunk
        .filter(({ rows }) => !context.use.ruledOut.has(rows.segment.id))
        .map((step) => new IndexReading(stoppable, step));
      for (const reading of readings) yield* reading.run(holds);
      const last = chunk.at(-1);
      if (last !== undefined) yield { events: [], upTo: positionAfter(last, context.scan.order) };
    }
  } finally {
    stopped.abort();
  }
}

/** A look into the Bloom filters costs less than a question, and of many days few may hold a rare word. */
async function ruleOut(
  { scan, query, skipIndex, use }: IndexScan,
  steps: readonly IndexStep[],
): Promise<void> {
  const ranges = steps.map(({ rows }) => rows);
  const found = await skipIndex.find(scan.snapshot, ranges, requiredTokens(query));
  for (const { segment, candidates } of found) {
    if (candidates.length === 0) use.ruledOut.add(segment.id);
  }
}

/** The reading of one segment. */
class IndexReading {
  private readonly context: IndexScan;
  private readonly step: IndexStep;
  private first: Promise<PositionPage | null> | null;

  constructor(context: IndexScan, step: IndexStep) {
    this.context = context;
    this.step = step;
    this.first = this.ask(context.scan.after, firstPageSize(context.scan));
    // Awaited in its turn, or not at all where the answer is full before.
    this.first.catch(() => undefined);
  }

  async *run(holds: EventPredicate): AsyncGenerator<Found> {
    const { scan } = this.context;
    const { rows, commits, coverage } = this.step;
    if (this.context.use.imprecise) {
      yield* this.withoutIndex(IMPRECISE);
      return;
    }
    const uncovered = await readUncoveredGroups(scan.snapshot, commits, MAX_UNCOVERED_GROUPS);
    if (uncovered === null) {
      yield* this.withoutIndex('too little is indexed');
      return;
    }
    const readings: Reading[] = [checkPositions(scan, rows, holds, this.proposed)];
    if (coverage.leftOut) readings.push(checkPositions(scan, rows, holds, this.leftOut));
    if (uncovered.length > 0) readings.push(this.readGroups(uncovered));
    const end = positionAfter(this.step, scan.order);
    yield* mergeReadings(scan.order, end, readings, (after) => this.readRows(after));
  }

  private readonly proposed: PositionSource = {
    next: async (after, limit) => {
      const page = this.first ?? this.ask(after, limit);
      this.first = null;
      return page;
    },
    isWorthIt: (checked, matched) => {
      if (checked < FIRST_CANDIDATES || matched >= checked * MIN_SHARE) return true;
      this.context.use.imprecise = true;
      this.context.use.withoutIndex.set(this.step.rows.segment.id, IMPRECISE);
      return false;
    },
  };

  private async ask(after: Scan['after'], limit: number): Promise<PositionPage | null> {
    const { scan, use, signal } = this.context;
    const { terms, from, to, coverage, rows } = this.step;
    const question = { ...terms, from, to, order: scan.order };
    const page = { after: after && withinIndex(after), limit };
    const answer = await use.index.search(coverage.index, question, page, signal);
    if (answer.kind === 'found') {
      use.answered = true;
      return { positions: answer.candidates, more: answer.more };
    }
    const reason = answer.kind === 'lost' ? 'the index is not there' : answer.reason;
    use.withoutIndex.set(rows.segment.id, reason);
    return null;
  }

  /** Only Postgres can name them, so there is no better way. */
  private readonly leftOut: PositionSource = {
    next: async (after, limit) => {
      const { snapshot, order } = this.context.scan;
      const { coverage, from, to } = this.step;
      const request = { from, to, order, after, limit };
      const positions = await readLeftOut(snapshot, coverage.id, request);
      return { positions, more: positions.length === limit };
    },
    isWorthIt: () => true,
  };

  private async *readGroups(groups: readonly GroupRange[]): Reading {
    const { scan, query, skipIndex } = this.context;
    const confined = confinedTo(skipIndex, groups);
    const readRows = (steps: readonly Step[]) => this.context.readRows(scan, steps);
    yield* scanCandidates(scan, [this.step.rows], confined, requiredTokens(query), readRows);
    return 'complete';
  }

  private withoutIndex(reason: string): AsyncGenerator<Found> {
    this.context.use.withoutIndex.set(this.step.rows.segment.id, reason);
    return this.readRows(null);
  }

  private readRows(after: Scan['after']): AsyncGenerator<Found> {
    const { scan } = this.context;
    const later = laterOf(scan, after);
    const rows = { ...this.step.rows, ...remainder(this.step, later, scan.order) };
    return this.context.readRows({ ...scan, after: later }, [rows]);
  }
}

/** A cursor may stand behind all events of a time, at numbers that no event and no index has. */
function withinIndex(position: EventPosition): EventPosition {
  const { timestamp, groupSeq, ordinal } = position;
  return groupSeq <= LAST_GROUP
    ? { timestamp, groupSeq, ordinal }
    : { timestamp, groupSeq: LAST_GROUP, ordinal: LAST_ORDINAL };
}

function laterOf({ after, order }: Scan, other: Scan['after']): Scan['after'] {
  if (after === null || other === null) return after ?? other;
  return inOrder(order)(after, other) < 0 ? other : after;
}
