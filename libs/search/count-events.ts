import { requiredTokens } from '#query';
import { StatementTimeoutError, withSnapshot, type Snapshot } from '#store';
import { startDeadline } from './deadline.ts';
import type { SearchDependencies } from './dependencies.ts';
import { compileFilter } from './event-filter.ts';
import type { Counting } from './counting.ts';
import type { Grouping } from './grouping.ts';
import { createPlan, type Plan } from './planner.ts';
import { chooseRollup } from './rollup-choice.ts';
import { countByRollup } from './rollup-count.ts';
import { countCandidates, countPieces } from './scan-count.ts';
import type { RunOptions, Selection } from './search-service.ts';
import { Tally } from './tally.ts';
import { withoutRange } from './time-range.ts';

export interface Counted {
  readonly tally: Tally;
  /** The time budget ended the scan, or there were too many different keys: counts are lower bounds. */
  readonly partial: boolean;
}

/** Chooses how to count once the plan is known. */
export type ChooseGrouping = (snapshot: Snapshot, plan: Plan) => Promise<Grouping>;

/** Counts matches by key: from rollups where they hold what is asked, by scans within the budget otherwise. */
export async function countEvents(
  deps: SearchDependencies,
  selection: Selection,
  chooseGrouping: ChooseGrouping,
  { budgetMs, signal }: RunOptions,
): Promise<Counted> {
  const deadline = startDeadline(budgetMs, deps.monotonicMs);
  const start = { path: 'any', timeoutMs: deadline.statementTimeoutMs } as const;
  return withSnapshot(deps.pool, signal, start, async (snapshot) => {
    const query = withoutRange(selection.query);
    const plan = createPlan(selection, 'desc', snapshot.segments);
    const counting: Counting = {
      snapshot,
      plan,
      query,
      filter: compileFilter(query),
      grouping: await chooseGrouping(snapshot, plan),
      deadline,
      signal,
      columnar: deps.columnar,
      tally: new Tally(),
    };
    let finished = false;
    try {
      finished = await count(deps, counting);
    } catch (error) {
      if (!(error instanceof StatementTimeoutError)) throw error;
    }
    return { tally: counting.tally, partial: !finished || !counting.tally.complete };
  });
}

/** False where the budget ended it. */
async function count(deps: SearchDependencies, counting: Counting): Promise<boolean> {
  const { plan, query, grouping, filter } = counting;
  const rollup = filter.check === null ? chooseRollup(query, grouping) : null;
  if (rollup !== null) return countByRollup(counting, rollup);
  if (plan.steps[0]?.access === 'skip-index') {
    return countCandidates(counting, deps.skipIndex, requiredTokens(query));
  }
  return countPieces(
    counting,
    plan.steps.map((step) => ({ step, from: step.from, to: step.to })),
    null,
  );
}
