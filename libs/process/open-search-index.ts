import type { ProcessSettings } from '#config';
import { MeilisearchIndex } from '#index';
import type { DependencyHealth } from './dependency-health.ts';

export interface SearchIndexParts {
  readonly settings: Pick<ProcessSettings<'keeper'>, 'meiliUrl' | 'meiliApiKey' | 'indexPrefix'>;
  readonly health: DependencyHealth;
}

export interface OpenedIndex {
  readonly index: MeilisearchIndex;
  /** Of the names of its indexes. */
  readonly prefix: string;
}

/** Its answer is waited for no longer by the watch of dependencies. */
const HEALTH_MS = 1_500;

/** The search index that the settings name, or null. No process needs it: all searches can do without. */
export function openSearchIndex({ settings, health }: SearchIndexParts): OpenedIndex | null {
  const { meiliUrl: url, meiliApiKey: apiKey, indexPrefix: prefix } = settings;
  if (url === null) return null;
  const index = new MeilisearchIndex({ url, apiKey });
  health.watch(health.add('meilisearch', { required: false }), async () => {
    const reason = await index.health(AbortSignal.timeout(HEALTH_MS));
    if (reason !== null) throw new Error(reason);
  });
  return { index, prefix };
}
