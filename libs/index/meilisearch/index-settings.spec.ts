import { describe, expect, it } from '@jest/globals';
import type { Settings } from 'meilisearch';
import { INDEX_SETTINGS, settingsToChange } from './index-settings.ts';

describe('what has to be changed of the settings of an index', () => {
  it('is nothing where a server gives back the names of fields in another order', () => {
    const { filterableAttributes } = INDEX_SETTINGS;
    const current: Settings = {
      ...INDEX_SETTINGS,
      sortableAttributes: ['ts', 'id'],
      filterableAttributes: filterableAttributes.map(({ attributePatterns, features }) => ({
        features,
        attributePatterns: attributePatterns.toReversed(),
      })),
      stopWords: [],
    };
    expect(settingsToChange(current)).toEqual({});
  });

  it('is the order of the ranking rules, which is part of their meaning', () => {
    const rankingRules = ['words', 'typo', 'exactness', 'sort'];
    const { rankingRules: wanted } = INDEX_SETTINGS;
    expect(settingsToChange({ ...INDEX_SETTINGS, rankingRules })).toEqual({ rankingRules: wanted });
  });

  it('is what an older version did not set', () => {
    const { searchCutoffMs, ...current } = INDEX_SETTINGS;
    expect(settingsToChange(current)).toEqual({ searchCutoffMs });
  });
});
