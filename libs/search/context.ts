import type { StoredEvent } from '#event';
import { toPredicate, type FieldRef, type Query } from '#query';
import { decodeEvent, EVENT_COLUMNS, placesOfGroups, withSnapshot } from '#store';
import { readColumnarGroups } from './columnar/columnar-groups.ts';
import { collectEvents } from './collect-events.ts';
import { encodeCursor } from './cursor.ts';
import { startDeadline } from './deadline.ts';
import type { SearchDependencies } from './dependencies.ts';
import { within } from './row-filter.ts';
import type { ContextRequest, Order, RunOptions } from './search-service.ts';

const EVERYTHING: Query = { kind: 'all' };
const ID = /^(\d{1,15})-(\d{1,9})$/;

/** The event with its neighbours in the order of all events, oldest first; null when there is no such event. */
export async function contextOf(
  deps: SearchDependencies,
  request: ContextRequest,
  options: RunOptions,
): Promise<readonly StoredEvent[] | null> {
  const event = await findById(deps, request.id, options);
  const { among = EVERYTHING } = request;
  if (event === null || !toPredicate(among)(event)) return null;
  const scope = scopeQuery(event, request.scope);
  if (scope === null) return [event];
  const query = among.kind === 'all' ? scope : within(among, scope);
  const neighbours = (order: Order, limit: number) => {
    if (limit <= 0) return [];
    const cursor = encodeCursor(event, { query, order });
    return collectEvents(deps, { query, limit, order, cursor }, options);
  };
  const before = await neighbours('desc', request.before);
  const after = await neighbours('asc', request.after);
  return [...[...before].reverse(), event, ...after];
}

/** Reads the event from the few segments in which its group lies. */
async function findById(
  deps: SearchDependencies,
  id: string,
  { budgetMs, signal }: RunOptions,
): Promise<StoredEvent | null> {
  const match = ID.exec(id);
  if (match === null) return null;
  const [groupSeq, ordinal] = [Number(match[1]), Number(match[2])];
  const timeoutMs = startDeadline(budgetMs, deps.monotonicMs).statementTimeoutMs;
  return withSnapshot(deps.pool, signal, { path: 'bitmap', timeoutMs }, async (snapshot) => {
    const places = await placesOfGroups(snapshot, groupSeq, groupSeq);
    const ids = new Set(places.map((place) => place.segmentId));
    const arms = snapshot.segments
      .filter((segment) => segment.engine === 'rows' && ids.has(segment.id))
      .map(
        ({ relation }) =>
          `SELECT ${EVENT_COLUMNS} FROM "${relation}" WHERE group_seq = ${groupSeq} AND ordinal = ${ordinal}`,
      );
    const [row] = arms.length === 0 ? [] : await snapshot.rows(arms.join(' UNION ALL '));
    if (row !== undefined) return decodeEvent(row);
    const limits = { timeoutMs, signal };
    const groups = [groupSeq];
    const [event] = await readColumnarGroups(deps.columnar, snapshot, groups, { ordinal }, limits);
    return event ?? null;
  });
}

/** Null where the event has no value that others could share: it belongs to no trace, then, or to no service. */
function scopeQuery(event: StoredEvent, scope: ContextRequest['scope']): Query | null {
  switch (scope) {
    case 'all':
      return { kind: 'all' };
    case 'service':
      return sameValue('service', event.service);
    case 'resource':
      return sameValue('resourceId', event.resourceId);
    case 'trace':
      return sameValue('traceId', event.traceId);
  }
}

function sameValue(name: 'service' | 'resourceId' | 'traceId', value: string | null): Query | null {
  if (value === null) return null;
  const field: FieldRef = { kind: 'column', name };
  return { kind: 'equals', field, value, ignoreCase: false };
}
