import { formatTimestamp, type JsonObject } from '#event';
import type { CommitRange, IndexCoverage } from '#index';
import { implies, parseQuery, type IndexTerms, type Query } from '#query';
import type { Step } from '../planner.ts';
import { stretchesOf } from '../stretches.ts';
import type { TimeRange } from '../time-range.ts';

/**
 * A segment of which a word index proposes the candidates as far as it covers it. What it does not cover is read by
 * `rows`, and so is everything where the index does not answer.
 */
export interface IndexStep extends TimeRange {
  readonly engine: 'meilisearch';
  readonly rows: Step;
  readonly coverage: IndexCoverage;
  /** Groups of which the index holds all that the query can find. Ascending, without overlap. */
  readonly commits: readonly CommitRange[];
  readonly terms: IndexTerms;
}

export type PlannedStep = Step | IndexStep;

/**
 * Puts indexes into a plan where they help. The rule: every match of the query has a word that the index holds, and
 * matches what was chosen for it (`index.match`).
 *
 * Not beside columnar files: what an index proposes there lies in the files mostly, and what is left is little.
 *
 * Of groups that hold only a part of what the query finds, Postgres would have to be read for the others: as many
 * rows as without the index. So such groups count as not covered, `q AND NOT match` is part of what is read there.
 */
export function withIndexes(
  steps: readonly Step[],
  query: Query,
  terms: IndexTerms,
  coverage: ReadonlyMap<number, IndexCoverage>,
): readonly PlannedStep[] {
  const alone = new Set(
    stretchesOf(steps).flatMap((stretch) => (stretch.length === 1 ? stretch : [])),
  );
  return steps.map((rows) => {
    if (rows.engine === 'columnar' || !alone.has(rows)) return rows;
    const found = coverage.get(rows.segment.id);
    const commits = found === undefined ? [] : usableCommits(found, query);
    if (found === undefined || commits.length === 0) return rows;
    const { from, to } = rows;
    return { engine: 'meilisearch', rows, coverage: found, commits, terms, from, to };
  });
}

function usableCommits({ stretches }: IndexCoverage, query: Query): readonly CommitRange[] {
  return stretches
    .filter(({ match }) => implies(query, parseQuery(match)))
    .flatMap(({ commits }) => commits)
    .sort((a, b) => a.first - b.first);
}

/** An index step as `explain=true` shows it. */
export function explainIndexStep(step: IndexStep): JsonObject {
  return {
    engine: step.engine,
    segment: step.rows.segment.relation,
    access: 'word-index',
    index: step.coverage.index.name,
    words: [...step.terms.words],
    from: formatTimestamp(step.from),
    to: formatTimestamp(step.to),
  };
}
