import { formatTimestamp, type JsonObject } from '#event';
import { requiredTokens, type Query } from '#query';
import type { Segment } from '#store';
import { minutesHelp, requiredKeys } from './required-keys.ts';
import type { Order, Selection } from './search-service.ts';
import { ALL_TIME, intersect, isEmpty, queryRange, type TimeRange } from './time-range.ts';

/**
 * How a step finds its rows:
 * - `order`: in the order of the index, until the limit is reached;
 * - `skip-index`: only the groups whose Bloom filters may hold the query's words and ids;
 * - `rollup-minutes`: only the minutes that hold the query's levels and services, by the rollups.
 */
export type Access = 'order' | 'skip-index' | 'rollup-minutes';

/** One segment, or what the range leaves of it, to be read by one engine. */
export interface Step extends TimeRange {
  readonly engine: 'postgres' | 'columnar';
  readonly segment: Segment;
  readonly access: Access;
}

export interface Plan {
  /**
   * By their beginnings: newest first for `desc`, oldest first for `asc`. Few overlap: events that came late lie beside
   * the columnar files of their day.
   */
  readonly steps: readonly Step[];
  /** The selection's range, narrowed by the times that the query demands. */
  readonly range: TimeRange;
}

/** A pure function: the same question about the same catalog gives the same plan. */
export function createPlan(selection: Selection, order: Order, segments: readonly Segment[]): Plan {
  const range = selectionRange(selection);
  const access = chooseAccess(selection.query);
  const steps = segments
    .map((segment): Step => {
      const within = intersect(range, { from: segment.start, to: segment.end });
      const engine = segment.engine === 'columnar' ? 'columnar' : 'postgres';
      return { engine, segment, access, ...within };
    })
    .filter((step) => !isEmpty(step))
    .sort((a, b) => a.from - b.from);
  return { steps: order === 'asc' ? steps : steps.reverse(), range };
}

export function selectionRange(selection: Selection): TimeRange {
  const asked = {
    from: selection.from ?? ALL_TIME.from,
    to: selection.to ?? ALL_TIME.to,
  };
  return intersect(asked, queryRange(selection.query));
}

function chooseAccess(query: Query): Access {
  if (requiredTokens(query).kind !== 'unknown') return 'skip-index';
  return minutesHelp(requiredKeys(query)) ? 'rollup-minutes' : 'order';
}

/** A step as `explain=true` shows it. */
export function explainStep(step: Step): JsonObject {
  return {
    engine: step.engine,
    segment: step.segment.relation,
    access: step.access,
    from: formatTimestamp(step.from),
    to: formatTimestamp(step.to),
  };
}
