import type { StoredEvent } from '#event';
import type { Query } from '#query';
import { within } from './row-filter.ts';
import type {
  ContextRequest,
  CountAnswer,
  FacetAnswer,
  FacetRequest,
  FieldStatisticsAnswer,
  FieldStatisticsRequest,
  HistogramAnswer,
  HistogramRequest,
  Order,
  PatternsAnswer,
  PatternsRequest,
  RunOptions,
  SearchAnswer,
  SearchRequest,
  SearchService,
  Selection,
  SimilarAnswer,
  SimilarRequest,
  Tail,
} from './search-service.ts';

/**
 * A search in which nothing exists but what a filter finds. It adds the filter to each query, so that planner, rollups,
 * filters of the skip index and search index, and cursors know of it as of any other term. A method that is added to the
 * port is missing here until somebody decides how it obeys.
 */
export class RestrictedSearch implements SearchService {
  private readonly all: SearchService;
  private readonly filter: Query;

  constructor(all: SearchService, filter: Query) {
    this.all = all;
    this.filter = filter;
  }

  get hasIndex(): boolean {
    return this.all.hasIndex;
  }

  search(request: SearchRequest, options: RunOptions): Promise<SearchAnswer> {
    return this.all.search(this.narrowed(request), options);
  }

  similar(request: SimilarRequest, options: RunOptions): Promise<SimilarAnswer> {
    return this.all.similar(this.narrowed(request), options);
  }

  count(selection: Selection, options: RunOptions): Promise<CountAnswer> {
    return this.all.count(this.narrowed(selection), options);
  }

  histogram(request: HistogramRequest, options: RunOptions): Promise<HistogramAnswer> {
    return this.all.histogram(this.narrowed(request), options);
  }

  facets(request: FacetRequest, options: RunOptions): Promise<FacetAnswer> {
    return this.all.facets(this.narrowed(request), options);
  }

  fieldStatistics(
    request: FieldStatisticsRequest,
    options: RunOptions,
  ): Promise<FieldStatisticsAnswer> {
    return this.all.fieldStatistics(this.narrowed(request), options);
  }

  patterns(request: PatternsRequest, options: RunOptions): Promise<PatternsAnswer> {
    return this.all.patterns(this.narrowed(request), options);
  }

  context(request: ContextRequest, options: RunOptions): Promise<readonly StoredEvent[] | null> {
    return this.all.context(
      { ...request, among: within(this.filter, request.among ?? { kind: 'all' }) },
      options,
    );
  }

  trace(
    traceId: string,
    options: RunOptions,
    among: Query = { kind: 'all' },
  ): Promise<readonly StoredEvent[]> {
    return this.all.trace(traceId, options, within(this.filter, among));
  }

  export(
    selection: Selection,
    order: Order,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredEvent[]> {
    return this.all.export(this.narrowed(selection), order, signal);
  }

  tail(query: Query, position: string | null, signal: AbortSignal): Promise<Tail> {
    return this.all.tail(within(this.filter, query), position, signal);
  }

  private narrowed<T extends { readonly query: Query }>(request: T): T {
    return { ...request, query: within(this.filter, request.query) };
  }
}
