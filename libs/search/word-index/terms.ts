import { indexedWords, MAX_WORDS } from '#index';
import { indexTerms, type IndexTerms, type Query } from '#query';

/** Longest value of a filter in bytes. Source: Meilisearch's documentation, "Known limitations". */
const MAX_VALUE_BYTES = 468;

/** What the index can be asked for a query, or null where it is of no use. */
export function wordIndexTerms(query: Query): IndexTerms | null {
  return indexTerms(query, { indexedWords, maxWords: MAX_WORDS, maxValueBytes: MAX_VALUE_BYTES });
}
