import { countEvents } from './count-events.ts';
import type { SearchDependencies } from './dependencies.ts';
import { facetField } from './facet-field.ts';
import type {
  FieldStatisticsAnswer,
  FieldStatisticsRequest,
  NumberSpread,
  RunOptions,
} from './search-service.ts';

/** Counts what a field holds. Of several values in one event each counts; `present` counts the event once. */
export async function fieldStatistics(
  deps: SearchDependencies,
  request: FieldStatisticsRequest,
  options: RunOptions,
): Promise<FieldStatisticsAnswer> {
  const field = facetField(request.field);
  const counted = await countEvents(deps, request, () => Promise.resolve(field.grouping), options);
  const counts = new Map<string, number>();
  let events = 0;
  let present = 0;
  for (const { key, count } of counted.tally.entries()) {
    const values = field.valuesOf(key);
    events += count;
    if (values.length > 0) present += count;
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return {
    field: request.field,
    events,
    present,
    distinct: counts.size,
    numbers: spreadOf(counts),
    partial: counted.partial,
  };
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** @param counts how many events have each value */
export function spreadOf(counts: ReadonlyMap<string, number>): NumberSpread | null {
  const numbers = [...counts]
    .filter(([value]) => NUMBER.test(value) && Number.isFinite(Number(value)))
    .map(([value, count]) => ({ value: Number(value), count }))
    .sort((a, b) => a.value - b.value);
  const first = numbers[0];
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return null;
  const count = numbers.reduce((sum, each) => sum + each.count, 0);
  const mean = numbers.reduce((sum, each) => sum + each.value * (each.count / count), 0);
  /** The smallest value that so large a share does not exceed (nearest rank). */
  const quantile = (share: number): number => {
    let rank = Math.ceil(share * count);
    for (const each of numbers) {
      rank -= each.count;
      if (rank <= 0) return each.value;
    }
    return last.value;
  };
  return {
    count,
    min: first.value,
    max: last.value,
    mean,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
  };
}
