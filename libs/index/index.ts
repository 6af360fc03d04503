export type { CommitRange } from './covered/commit-ranges.ts';
export { readLeftOut, type LeftOutRequest } from './covered/left-out.ts';
export { readCoverage, type CoveredStretch, type IndexCoverage } from './covered/read-coverage.ts';
export { readUncoveredGroups, type GroupRange } from './covered/uncovered-groups.ts';
export { createIndexFeeder } from './feed/feeder.ts';
export { checkMatch, type FeedParts, type FeedSettings } from './feed/settings.ts';
export { reindex, type ReindexRange } from './feed/reindex.ts';
export { indexedWords, indexText, MAX_MESSAGE_BYTES } from './index-text.ts';
export { indexName } from './index-name.ts';
export { MeilisearchIndex, type MeilisearchSettings } from './meilisearch/meilisearch-index.ts';
export {
  IndexUnavailableError,
  MAX_CANDIDATES,
  MAX_SEAL,
  MAX_WORDS,
  type FoundIndex,
  type IndexAnswer,
  type IndexDocument,
  type IndexPage,
  type IndexQuestion,
  type IndexReader,
  type IndexRef,
  type IndexWriter,
  type SearchIndex,
  type SimilarAnswer,
  type SimilarEvent,
  type SimilarQuestion,
  type TaskId,
  type TaskOutcome,
} from './search-index.ts';
