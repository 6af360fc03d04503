import type { JsonObject, Level, Micros, StoredEvent } from '#event';
import type { Query } from '#query';

/** What is asked: a query over a range. `from` is inclusive, `to` exclusive; null is open. */
export interface Selection {
  readonly query: Query;
  readonly from: Micros | null;
  readonly to: Micros | null;
}

export interface RunOptions {
  /** Time budget of scans in ms; on reaching it the answer is what was found, marked `partial`. */
  readonly budgetMs: number;
  /** Ends the work, in the database too. */
  readonly signal: AbortSignal;
}

export type Order = 'asc' | 'desc';

export interface SearchRequest extends Selection {
  readonly limit: number;
  readonly order: Order;
  /** From an earlier answer to the same query and order; opaque. Any other is an `InvalidCursorError`. */
  readonly cursor: string | null;
}

export interface SearchAnswer {
  readonly events: readonly StoredEvent[];
  /** Continues after the last event, or after what the budget allowed; null at the end. */
  readonly nextCursor: string | null;
  readonly partial: boolean;
  readonly engines: readonly string[];
  /** The steps that were run, newest first for `desc`: for `explain=true`. */
  readonly plan: readonly JsonObject[];
}

export interface SimilarRequest extends Selection {
  /** At most 1,000 hits are given. */
  readonly limit: number;
}

export interface SimilarHit {
  readonly event: StoredEvent;
  /** How well it fits, from 0 to 1. */
  readonly score: number;
}

/** Why a search by similarity gives nothing. */
export type NotSimilar =
  /** There is no index to ask. */
  | { readonly kind: 'no-index' }
  /** The query holds no word that an index could look for. */
  | { readonly kind: 'no-words' }
  /** The index holds nothing of the range. */
  | { readonly kind: 'not-covered' }
  /** The index does not answer now. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export type SimilarAnswer =
  | {
      readonly kind: 'found';
      /** The best first, ties newest first. */
      readonly hits: readonly SimilarHit[];
      /** Parts of the range are not indexed at all; what was stored in the last seconds may be missing anyway. */
      readonly partial: boolean;
      readonly engines: readonly string[];
      readonly plan: readonly JsonObject[];
    }
  | NotSimilar;

export interface CountAnswer {
  readonly count: number;
  readonly partial: boolean;
}

export interface HistogramRequest extends Selection {
  /** Width of a bucket, aligned to UTC; null picks about 100 buckets. */
  readonly intervalMicros: Micros | null;
}

export interface HistogramAnswer {
  readonly intervalMicros: Micros;
  /** Only buckets that hold something, oldest first. */
  readonly buckets: readonly {
    readonly start: Micros;
    readonly counts: Readonly<Partial<Record<Level, number>>>;
  }[];
  readonly partial: boolean;
}

export interface FacetRequest extends Selection {
  /** A field name as in the query language: `level`, `service`, `metadata.region` … */
  readonly field: string;
  readonly limit: number;
}

export interface FacetAnswer {
  readonly field: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly partial: boolean;
}

export interface FieldStatisticsRequest extends Selection {
  /** A field name as in the query language. */
  readonly field: string;
}

/** Of the values that are numbers, each weighed by how many events have it. */
export interface NumberSpread {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface FieldStatisticsAnswer {
  readonly field: string;
  /** Events that match. */
  readonly events: number;
  /** Events that have the field. */
  readonly present: number;
  /** Different values. */
  readonly distinct: number;
  /** Null where no value is a number. */
  readonly numbers: NumberSpread | null;
  readonly partial: boolean;
}

export interface PatternsRequest extends Selection {
  /** Most patterns of the answer. */
  readonly limit: number;
}

/** Messages that differ only in numbers and ids. */
export interface Pattern {
  readonly template: string;
  readonly count: number;
  readonly levels: Readonly<Partial<Record<Level, number>>>;
  /** The newest of them. */
  readonly example: { readonly id: string; readonly message: string };
  readonly firstSeen: Micros;
  readonly lastSeen: Micros;
  /** Number of them by slot of time, as many slots as every other pattern. */
  readonly counts: readonly number[];
}

export interface PatternsAnswer {
  /** The most frequent first. */
  readonly patterns: readonly Pattern[];
  /** Events that were read: all that match, or where the budget ended it the newest of them. */
  readonly events: number;
  /** Different templates among them. */
  readonly templates: number;
  /** Events of templates beyond the bound, which are in no pattern. */
  readonly others: number;
  /** Start of the first slot of `counts`; null without events. */
  readonly start: Micros | null;
  readonly slotMicros: Micros;
  /** The time budget was reached. */
  readonly partial: boolean;
}

export interface ContextRequest {
  readonly id: string;
  readonly before: number;
  readonly after: number;
  /** Only events with the same value as the event; an event without one has no neighbours there. */
  readonly scope: 'all' | 'service' | 'resource' | 'trace';
  /** The event must match it too, else there is none; absent: all events. */
  readonly among?: Query;
}

/** One tailed event with the position to resume after it. */
export interface TailedEvent {
  readonly position: string;
  readonly event: StoredEvent;
}

/** A tail whose start is settled: every event that commits from now on is in it. */
export interface Tail {
  /** The position that it starts after, for a client that is cut off before its first event. */
  readonly start: string;
  readonly events: AsyncIterable<readonly TailedEvent[]>;
}

/** Everything the gateway asks of the stored logs. Excluded: HTTP, the query's text (parsed by the caller). */
export interface SearchService {
  search(request: SearchRequest, options: RunOptions): Promise<SearchAnswer>;
  /** Events whose message is like the query's words, whatever the spelling; its other terms hold exactly. */
  similar(request: SimilarRequest, options: RunOptions): Promise<SimilarAnswer>;
  /** Whether there is an index for `similar`; it may still not answer now. */
  readonly hasIndex: boolean;
  count(selection: Selection, options: RunOptions): Promise<CountAnswer>;
  histogram(request: HistogramRequest, options: RunOptions): Promise<HistogramAnswer>;
  facets(request: FacetRequest, options: RunOptions): Promise<FacetAnswer>;
  /** What a field holds: how many events have it, how many values there are, how its numbers are spread. */
  fieldStatistics(
    request: FieldStatisticsRequest,
    options: RunOptions,
  ): Promise<FieldStatisticsAnswer>;
  /** The messages grouped by what they have in common. */
  patterns(request: PatternsRequest, options: RunOptions): Promise<PatternsAnswer>;
  /** The event with its neighbours, oldest first; null when there is no such event. */
  context(request: ContextRequest, options: RunOptions): Promise<readonly StoredEvent[] | null>;
  /** All events of one trace, oldest first. @param among only those that match it; absent: all */
  trace(traceId: string, options: RunOptions, among?: Query): Promise<readonly StoredEvent[]>;
  /** Everything that matches, in order, in pages, from one consistent snapshot; no budget and no cap. */
  export(
    selection: Selection,
    order: Order,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredEvent[]>;
  /** Events in commit order as they become visible, from after `position` or from now, until the signal aborts. */
  tail(query: Query, position: string | null, signal: AbortSignal): Promise<Tail>;
}
