import { FilesLateError } from '#columnar';
import { StatementTimeoutError, withSnapshot, type Snapshot } from '#store';
import { decodeCursor } from './cursor.ts';
import { startDeadline } from './deadline.ts';
import type { SearchDependencies } from './dependencies.ts';
import { compileFilter } from './event-filter.ts';
import { findEvents } from './find-events.ts';
import { Page } from './page.ts';
import { createPlan } from './planner.ts';
import type { RunOptions, SearchAnswer, SearchRequest } from './search-service.ts';
import { withoutRange } from './time-range.ts';
import type { IndexUse } from './word-index/index-scan.ts';
import type { PlannedStep } from './word-index/index-step.ts';
import { explainPlan, useIndexes } from './word-index/use-indexes.ts';

/** After a time limit without any progress, the first slice is this much smaller. */
const SHRINK = 1 / 16;
const MAX_ATTEMPTS = 5;

/**
 * One page of matches in order.
 *
 * @throws InvalidCursorError
 * @throws StatementTimeoutError where nothing at all could be read within the budget; FilesLateError is one
 */
export async function searchPage(
  deps: SearchDependencies,
  request: SearchRequest,
  options: RunOptions,
): Promise<SearchAnswer> {
  for (let attempt = 1, firstUnits = 1; ; attempt++, firstUnits *= SHRINK) {
    const answer = await tryPage(deps, request, options, firstUnits);
    if (answer !== null) return answer;
    if (attempt === MAX_ATTEMPTS) {
      throw new StatementTimeoutError('even the smallest slice of a scan ran over its time limit');
    }
  }
}

/** Null where the time limit ended the first slice already, so that a cursor would not get on. */
async function tryPage(
  deps: SearchDependencies,
  request: SearchRequest,
  { budgetMs, signal }: RunOptions,
  firstUnits: number,
): Promise<SearchAnswer | null> {
  const after = request.cursor === null ? null : decodeCursor(request.cursor, request);
  const deadline = startDeadline(budgetMs, deps.monotonicMs);
  const start = { path: 'ordered', timeoutMs: deadline.statementTimeoutMs } as const;
  return withSnapshot(deps.pool, signal, start, async (snapshot: Snapshot) => {
    const { order, limit } = request;
    const plan = createPlan(request, order, snapshot.segments);
    const query = withoutRange(request.query);
    const { steps, use } = await useIndexes(deps, snapshot, plan.steps, query);
    const page = new Page(request, after);
    const filter = compileFilter(query);
    const scan = { snapshot, filter, order, after, limit: limit + 1, deadline, firstUnits };
    const { skipIndex, columnar } = deps;
    const context = { query, skipIndex, columnar, signal, use };
    try {
      let expired = false;
      for await (const found of findEvents(scan, context, steps)) {
        page.add(found);
        signal.throwIfAborted();
        // The budget ends an answer only once its cursor has moved, else the next one would begin where this did.
        expired = deadline.expired && page.position !== after;
        if (page.full || expired) break;
      }
      if (!expired) page.end();
    } catch (error) {
      if (!(error instanceof StatementTimeoutError)) throw error;
      if (page.position === after) {
        // No smaller slice needs fewer files.
        if (error instanceof FilesLateError) throw error;
        return null;
      }
    }
    return { ...page.finish(), engines: enginesOf(steps, use), plan: explainPlan(steps, use) };
  });
}

/** Who answered. What an index proposes comes from Postgres. */
function enginesOf(steps: readonly PlannedStep[], use: IndexUse | null): readonly string[] {
  const engines = new Set(steps.map(({ engine }) => (engine === 'columnar' ? engine : 'postgres')));
  return [...(use?.answered === true ? ['meilisearch'] : []), ...[...engines].sort()];
}
