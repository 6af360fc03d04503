import type { SearchApi, Selection } from '../api/search-api.ts';
import { isAbort } from '../api/problem.ts';

/** A wider search and what it would find. */
export interface Loosening {
  readonly label: string;
  readonly q: string;
  readonly allTime: boolean;
}

export interface CountedLoosening extends Loosening {
  readonly count: number;
  readonly partial: boolean;
}

/** Counts what each wider search finds; those that find nothing are left out, the largest come first. */
export async function countLoosenings(
  api: SearchApi,
  selection: Selection,
  loosenings: readonly Loosening[],
  signal: AbortSignal,
): Promise<CountedLoosening[]> {
  const counted = await Promise.all(
    loosenings.map(async (loosening) => {
      const range = loosening.allTime ? { from: null, to: null } : selection;
      try {
        const answer = await api.count({ q: loosening.q, from: range.from, to: range.to }, signal);
        return { ...loosening, ...answer };
      } catch (error) {
        if (isAbort(error)) throw error;
        return { ...loosening, count: 0, partial: false };
      }
    }),
  );
  return counted.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}
