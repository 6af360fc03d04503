import { MICROS_PER_HOUR, MICROS_PER_MINUTE, type Micros } from '#event';
import { rollupFields, type Query } from '#query';
import type { Grouping } from './grouping.ts';

/** A table of rollups that can answer. */
export interface RollupChoice {
  readonly table: 'rollup_minute' | 'rollup_hour';
  /** Its column of time. */
  readonly time: 'minute' | 'hour';
  readonly unit: Micros;
  readonly keys: readonly string[];
}

/** The cheapest rollup that holds what the query filters by and what the grouping counts by, or null. */
export function chooseRollup(query: Query, grouping: Grouping): RollupChoice | null {
  const fields = rollupFields(query);
  if (fields === null) return null;
  const { minuteKeys, hourKeys } = grouping;
  if (minuteKeys !== null && !fields.has('resourceId')) {
    return { table: 'rollup_minute', time: 'minute', unit: MICROS_PER_MINUTE, keys: minuteKeys };
  }
  if (hourKeys === null) return null;
  return { table: 'rollup_hour', time: 'hour', unit: MICROS_PER_HOUR, keys: hourKeys };
}
