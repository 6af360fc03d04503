import type { FacetAnswer, FacetValue, SearchApi, Selection } from '../api/search-api.ts';

export const VALUES_SHOWN = 8;
export const VALUES_MORE = 100;

/** What the side bar shows of one field. */
export interface FacetState {
  readonly loading: boolean;
  readonly failed: boolean;
  readonly values: readonly FacetValue[];
  /** More values than those exist, or may exist. */
  readonly more: boolean;
  readonly partial: boolean;
}

export const EMPTY_FACET: FacetState = {
  loading: false,
  failed: false,
  values: [],
  more: false,
  partial: false,
};

/** Reads one value more than is shown, so as to know whether there are more. */
export async function readFacet(
  api: SearchApi,
  selection: Selection,
  field: string,
  limit: number,
  signal: AbortSignal,
): Promise<FacetState> {
  const answer: FacetAnswer = await api.facets(selection, field, limit + 1, signal);
  return {
    loading: false,
    failed: false,
    values: answer.values.slice(0, limit),
    more: answer.values.length > limit,
    partial: answer.partial,
  };
}
