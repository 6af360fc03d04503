import { MeilisearchIndex } from '../../index/meilisearch/meilisearch-index.ts';
import { describeWordIndexSearch } from '../testing/word-index-suite.ts';

describeWordIndexSearch(
  'over Meilisearch',
  new MeilisearchIndex({
    url: process.env['MEILI_URL'] ?? 'http://127.0.0.1:46200',
    apiKey: 'development-master-key',
  }),
);
