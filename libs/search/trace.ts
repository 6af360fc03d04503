import type { StoredEvent } from '#event';
import type { Query } from '#query';
import { collectEvents } from './collect-events.ts';
import type { SearchDependencies } from './dependencies.ts';
import { within } from './row-filter.ts';
import type { RunOptions } from './search-service.ts';

/** All events of a trace, oldest first. */
export function traceEvents(
  deps: SearchDependencies,
  traceId: string,
  options: RunOptions,
  among: Query = { kind: 'all' },
): Promise<readonly StoredEvent[]> {
  const trace = traceQuery(traceId);
  const query = among.kind === 'all' ? trace : within(among, trace);
  return collectEvents(
    deps,
    { query, limit: Number.MAX_SAFE_INTEGER, order: 'asc', cursor: null },
    options,
  );
}

export function traceQuery(traceId: string): Query {
  const field = { kind: 'column', name: 'traceId' } as const;
  return { kind: 'equals', field, value: traceId, ignoreCase: false };
}
