import type { SearchDependencies } from '../dependencies.ts';
import { searchPage } from '../search-page.ts';
import type { PatternsAnswer, PatternsRequest, RunOptions, Selection } from '../search-service.ts';
import { PatternTally } from './pattern-tally.ts';

const PAGE = 5_000;

/** Groups the messages of a selection by what they have in common, newest first, as far as the budget allows. */
export async function patterns(
  deps: SearchDependencies,
  request: PatternsRequest,
  options: RunOptions,
): Promise<PatternsAnswer> {
  const tally = new PatternTally();
  const partial = await readInto(tally, deps, request, options);
  return {
    patterns: tally.most(request.limit),
    events: tally.events,
    templates: tally.templates,
    others: tally.others,
    start: tally.start,
    slotMicros: tally.slotWidth,
    partial,
  };
}

/** True where the budget ended it. */
async function readInto(
  tally: PatternTally,
  deps: SearchDependencies,
  { query, from, to }: Selection,
  { budgetMs, signal }: RunOptions,
): Promise<boolean> {
  const start = deps.monotonicMs();
  let cursor: string | null = null;
  for (let left = budgetMs; ; left = budgetMs - (deps.monotonicMs() - start)) {
    if (left <= 0 && tally.events > 0) return true;
    const page = await searchPage(
      deps,
      { query, from, to, limit: PAGE, order: 'desc', cursor },
      { budgetMs: Math.max(0, left), signal },
    );
    for (const event of page.events) tally.add(event);
    cursor = page.nextCursor;
    if (cursor === null) return false;
    if (page.partial) return true;
  }
}
