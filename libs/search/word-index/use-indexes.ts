import type { JsonObject } from '#event';
import { readCoverage } from '#index';
import type { Query } from '#query';
import type { Snapshot } from '#store';
import type { SearchDependencies } from '../dependencies.ts';
import { explainStep, type Step } from '../planner.ts';
import type { IndexUse } from './index-scan.ts';
import { explainIndexStep, withIndexes, type PlannedStep } from './index-step.ts';
import { wordIndexTerms } from './terms.ts';

/**
 * The steps with indexes where they help, and what the answer keeps of their use; null where there are none. For
 * pages of a search only: an index finds words in any order and without their accents, so counts, histograms and
 * facets from it would be approximate.
 */
export async function useIndexes(
  { wordIndex }: SearchDependencies,
  snapshot: Snapshot,
  steps: readonly Step[],
  query: Query,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly use: IndexUse | null }> {
  if (wordIndex?.index.open !== true) return { steps, use: null };
  const terms = wordIndexTerms(query);
  if (terms === null || steps.length === 0) return { steps, use: null };
  const segments = steps.map(({ segment }) => segment);
  const coverage = await readCoverage(snapshot, wordIndex.prefix, segments);
  const use: IndexUse = {
    index: wordIndex.index,
    answered: false,
    imprecise: false,
    ruledOut: new Set(),
    withoutIndex: new Map(),
  };
  return { steps: withIndexes(steps, query, terms, coverage), use };
}

/**
 * For `explain=true`: an index step is followed by what Postgres reads in its segment. Where the skip index rules the
 * segment out, neither is read.
 */
export function explainPlan(
  steps: readonly PlannedStep[],
  use: IndexUse | null,
): readonly JsonObject[] {
  return steps.flatMap((step) => {
    if (step.engine !== 'meilisearch') return [explainStep(step)];
    if (use?.ruledOut.has(step.rows.segment.id) === true)
      return [{ ...explainStep(step.rows), ruledOut: true }];
    const givenUp = use?.withoutIndex.get(step.rows.segment.id);
    const rows = explainStep(step.rows);
    return givenUp === undefined
      ? [explainIndexStep(step), { ...rows, of: 'what the index does not cover' }]
      : [
          { ...explainIndexStep(step), givenUp },
          { ...rows, of: 'everything from there' },
        ];
  });
}
