import { afterAll, beforeAll } from '@jest/globals';
import { openMeilisearch, type TestMeilisearch } from '../../../test/support/meilisearch.ts';
import { meilisearch, suite } from '../../../test/support/requirement.ts';
import { MeilisearchIndex } from '../../index/meilisearch/meilisearch-index.ts';
import { describeWordIndexSearch } from '../testing/word-index-suite.ts';

suite('search with Meilisearch', meilisearch, () => {
  let server: TestMeilisearch;
  beforeAll(async () => {
    server = await openMeilisearch();
  }, 60_000);
  afterAll(() => server.close());

  describeWordIndexSearch('of Meilisearch', () => new MeilisearchIndex(server));
});
