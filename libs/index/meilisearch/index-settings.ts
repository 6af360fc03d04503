import type { Settings } from 'meilisearch';
import { MAX_CANDIDATES } from '../search-index.ts';

/** Detection of a text's language would make the cut of a word depend on its neighbours. */
export const LOCALES = ['eng'] as const;

/**
 * Lean: positions of words, prefixes and searches for facet values are not indexed, for they double the work per
 * document. `sort` first, so that an answer is in order; it says nothing where no order is asked for (similar
 * texts). The cutoff is beyond every time limit of a request, because an answer that was cut off does not say so.
 */
export const INDEX_SETTINGS = {
  searchableAttributes: ['message'],
  filterableAttributes: [
    {
      attributePatterns: ['ts', 'id'],
      features: { facetSearch: false, filter: { equality: true, comparison: true } },
    },
    {
      attributePatterns: ['level', 'service'],
      features: { facetSearch: false, filter: { equality: true, comparison: false } },
    },
  ],
  sortableAttributes: ['id', 'ts'],
  rankingRules: ['sort', 'words', 'typo', 'exactness'],
  proximityPrecision: 'byAttribute',
  facetSearch: false,
  prefixSearch: 'disabled',
  localizedAttributes: [{ attributePatterns: ['message'], locales: [...LOCALES] }],
  pagination: { maxTotalHits: MAX_CANDIDATES },
  searchCutoffMs: 120_000,
} satisfies Settings;

/** What of the settings differs: even a PATCH that changes nothing makes the server read all documents again. */
export function settingsToChange(current: Settings): Settings {
  const entries = Object.entries(INDEX_SETTINGS) as [keyof Settings, unknown][];
  return Object.fromEntries(
    entries.filter(([name, wanted]) => textOf(name, current[name]) !== textOf(name, wanted)),
  );
}

/** Lists whose order means something. */
const IN_ORDER: ReadonlySet<string> = new Set(['rankingRules', 'searchableAttributes']);

/** The server gives other lists of names back in an order of its own. */
function textOf(setting: string, value: unknown): string {
  const isInOrder = IN_ORDER.has(setting);
  return JSON.stringify(value, (_key, part: unknown) => {
    if (!isInOrder && Array.isArray(part) && part.every((each) => typeof each === 'string')) {
      return [...part].sort();
    }
    return isRecord(part) ? Object.fromEntries(Object.entries(part).sort(byKey)) : part;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
