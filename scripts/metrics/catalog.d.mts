export interface CatalogMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  readonly processes: readonly string[];
  /** Where it is defined. */
  readonly file: string;
}

export function metricCatalog(): Promise<ReadonlyMap<string, CatalogMetric>>;
