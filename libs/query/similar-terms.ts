import type { Query } from './ast.ts';
import { allOf } from './terms.ts';

/** A query as a search by similarity takes it. */
export interface SimilarTerms {
  /** The words whose like is looked for, each once, in the order of the query. */
  readonly words: readonly string[];
  /** The rest: what every hit must fulfil exactly. */
  readonly filter: Query;
}

/**
 * Splits a query into its words and the rest. Words are the plain terms and phrases that a match needs, also those
 * of alternatives (`timeout OR refused`). Negated terms, patterns (`conn*`, regular expressions) and fields are
 * filters.
 */
export function similarTerms(query: Query): SimilarTerms {
  const operands = query.kind === 'and' ? query.operands : [query];
  const words = operands.map(plainWords);
  return {
    words: [...new Set(words.flatMap((found) => found ?? []))],
    filter: allOf(operands.filter((_, at) => words[at] === null)),
  };
}

/** Null for what is more than words. */
function plainWords(query: Query): readonly string[] | null {
  if (query.kind === 'phrase') return query.words;
  if (query.kind !== 'and' && query.kind !== 'or') return null;
  const words = query.operands.map(plainWords);
  return words.includes(null) ? null : words.flatMap((found) => found ?? []);
}
