import type { StoredEvent } from '#event';
import { requiredTokens } from '#query';
import { decodeEvent, EVENT_COLUMNS, withSnapshot, type Snapshot } from '#store';
import { candidatesSql, hiddenBoundsSql } from './candidate-sql.ts';
import type { SearchDependencies } from './dependencies.ts';
import { allOf, compileFilter, type EventFilter } from './event-filter.ts';
import { boundsSql, relationSql } from './piece.ts';
import { createPlan, type Step } from './planner.ts';
import { orderSql } from './position.ts';
import type { Order, Selection } from './search-service.ts';
import { withoutRange } from './time-range.ts';
import { handOver } from './hand-over.ts';

const ROWS_PER_PAGE = 1_000;
/** Groups of one segment that are read by the skip index; with more of them, everything is read in order. */
const MAX_RANGES = 64;
const MAX_SHARE = 0.25;

/** Everything that matches, page by page, from one snapshot; a page is read when the one before has been taken. */
export function exportEvents(
  deps: SearchDependencies,
  selection: Selection,
  order: Order,
  signal: AbortSignal,
): AsyncIterable<readonly StoredEvent[]> {
  return handOver(signal, (innerSignal, give) =>
    withSnapshot(deps.pool, innerSignal, { path: 'ordered', timeoutMs: 0 }, async (snapshot) => {
      const plan = createPlan(selection, order, snapshot.segments);
      const filter = compileFilter(withoutRange(selection.query));
      for (const step of plan.steps) {
        const sql = await stepSql(deps, snapshot, selection, step, filter, order);
        if (sql === null) continue;
        for await (const rows of snapshot.pages(sql, filter.values, ROWS_PER_PAGE)) {
          const events = rows.map(decodeEvent);
          const { check } = filter;
          const matches = check === null ? events : events.filter((event) => check(event));
          if (matches.length > 0) await give(matches);
        }
      }
    }),
  );
}

/** Null where the skip index knows that the segment holds nothing. */
async function stepSql(
  deps: SearchDependencies,
  snapshot: Snapshot,
  selection: Selection,
  step: Step,
  filter: EventFilter,
  order: Order,
): Promise<string | null> {
  const groups = await groupsOf(deps, snapshot, selection, step);
  if (groups === '') return null;
  await snapshot.steer(groups === null ? 'ordered' : 'bitmap', 0);
  const piece = { ...step, step };
  const bounds = groups === null ? boundsSql(piece) : hiddenBoundsSql(piece);
  const where = allOf([bounds, groups, filter.sql]);
  return `SELECT ${EVENT_COLUMNS} FROM ${relationSql(piece)}${where} ${orderSql(order)}`;
}

/** The groups that may match as a condition, empty where there are none; null where reading in order is better. */
async function groupsOf(
  deps: SearchDependencies,
  snapshot: Snapshot,
  selection: Selection,
  step: Step,
): Promise<string | null> {
  if (step.access !== 'skip-index') return null;
  const requirement = requiredTokens(selection.query);
  const [found] = await deps.skipIndex.find(snapshot, [step.segment], requirement);
  if (found === undefined || found.candidates.length > MAX_RANGES) return null;
  if (found.candidateEvents > found.events * MAX_SHARE) return null;
  return candidatesSql(found.candidates);
}
