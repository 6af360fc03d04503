import { countEvents } from './count-events.ts';
import type { SearchDependencies } from './dependencies.ts';
import { facetField } from './facet-field.ts';
import type { FacetAnswer, FacetRequest, RunOptions } from './search-service.ts';

/** The most frequent values first, equal counts by value. An event counts once for each value that it has. */
export async function facets(
  deps: SearchDependencies,
  request: FacetRequest,
  options: RunOptions,
): Promise<FacetAnswer> {
  const field = facetField(request.field);
  const counted = await countEvents(deps, request, () => Promise.resolve(field.grouping), options);
  const counts = new Map<string, number>();
  for (const { key, count } of counted.tally.entries()) {
    for (const value of field.valuesOf(key)) counts.set(value, (counts.get(value) ?? 0) + count);
  }
  const values = [...counts].map(([value, count]) => ({ value, count }));
  values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return {
    field: request.field,
    values: values.slice(0, request.limit),
    partial: counted.partial,
  };
}
