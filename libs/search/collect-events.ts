import type { StoredEvent } from '#event';
import type { SearchDependencies } from './dependencies.ts';
import { searchPage } from './search-page.ts';
import type { RunOptions, SearchRequest } from './search-service.ts';

/** Rows of one page. */
const PAGE = 5_000;

/** Up to `limit` matches over all time, page by page, until the budget of all of them together ends. */
export async function collectEvents(
  deps: SearchDependencies,
  request: Omit<SearchRequest, 'from' | 'to'>,
  options: RunOptions,
): Promise<readonly StoredEvent[]> {
  const start = deps.monotonicMs();
  const found: StoredEvent[] = [];
  let { cursor } = request;
  for (let budgetMs = options.budgetMs; ; budgetMs = left(deps, start, options)) {
    const limit = Math.min(PAGE, request.limit - found.length);
    const page = await searchPage(
      deps,
      { ...request, from: null, to: null, limit, cursor },
      { ...options, budgetMs },
    );
    found.push(...page.events);
    cursor = page.nextCursor;
    if (cursor === null || page.partial || found.length >= request.limit) return found;
  }
}

function left(deps: SearchDependencies, start: number, { budgetMs }: RunOptions): number {
  return Math.max(0, budgetMs - (deps.monotonicMs() - start));
}
