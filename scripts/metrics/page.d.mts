import type { CatalogMetric } from './catalog.mjs';

export function metricsPage(catalog: ReadonlyMap<string, CatalogMetric>): Promise<string>;
