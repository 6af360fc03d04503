import type { Pool } from 'pg';
import type { ColumnarReader } from '#columnar';
import type { IndexReader } from '#index';
import { createSkipIndexReader } from '#store';
import type { Telemetry } from '#telemetry';
import { contextOf } from './context.ts';
import { countEvents } from './count-events.ts';
import type { SearchDependencies } from './dependencies.ts';
import { exportEvents } from './export-events.ts';
import { facets } from './facets.ts';
import { fieldStatistics } from './field-statistics.ts';
import { NO_GROUPING } from './grouping.ts';
import { histogram } from './histogram.ts';
import { patterns } from './patterns/patterns.ts';
import { searchPage } from './search-page.ts';
import { similarEvents } from './similar-events.ts';
import type { RunOptions, SearchService, Selection } from './search-service.ts';
import { openTail } from './tail/tail.ts';
import { TailPoller } from './tail/tail-poller.ts';
import { answered, skipFiltersNotLoaded, type AnswerFields } from './telemetry.ts';
import { traceEvents } from './trace.ts';
import { DEFAULT_GUARD, GuardedIndex } from './word-index/guarded-index.ts';

export interface SearchServiceSettings {
  /** Connections for reading. */
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  /** Milliseconds of a clock that never goes back; default is the process's. */
  readonly monotonicMs?: () => number;
  /** Memory for skip filters. Default 256 MiB. */
  readonly skipIndexBytes?: number;
  /** Whether they are loaded as they are made, not as searches need them. Default false. */
  readonly followSkipIndex?: boolean;
  /** Reads columnar segments; null or absent: where there are any, answers fail. */
  readonly columnar?: ColumnarReader | null;
  /** Proposes candidates for words where it covers; null or absent: everything is read from Postgres. */
  readonly wordIndex?: WordIndexSettings | null;
}

export interface WordIndexSettings {
  readonly reader: Pick<IndexReader, 'search' | 'similar'>;
  /** Of the names of its indexes. */
  readonly prefix: string;
  /** Longest that a search waits for it. Default 1,500 ms. */
  readonly timeoutMs?: number;
  /** How long it is left alone after it did not answer. Default 5,000 ms. */
  readonly pauseMs?: number;
}

const SKIP_INDEX_BYTES = 256 * 1024 * 1024;
const FOLLOW_MS = 5_000;

/** Search over the rows in Postgres, with the help of a word index where there is one. It holds no connection while nothing is asked. */
export function createSearchService(settings: SearchServiceSettings): SearchService {
  const { pool, telemetry } = settings;
  const skipIndex = createSkipIndexReader(pool, {
    maxBytes: settings.skipIndexBytes ?? SKIP_INDEX_BYTES,
    followMs: settings.followSkipIndex === true ? FOLLOW_MS : null,
    onLoadFailed: (error) => {
      telemetry.emit(skipFiltersNotLoaded, { error: String(error) });
    },
  });
  const monotonicMs = settings.monotonicMs ?? (() => performance.now());
  const guard = { ...DEFAULT_GUARD, ...settings.wordIndex, monotonicMs, telemetry };
  const wordIndex = settings.wordIndex && {
    index: new GuardedIndex(settings.wordIndex.reader, guard),
    prefix: settings.wordIndex.prefix,
  };
  const deps: SearchDependencies = {
    pool,
    skipIndex,
    telemetry,
    monotonicMs,
    columnar: settings.columnar ?? null,
    wordIndex: wordIndex ?? null,
  };
  const poller = new TailPoller(pool, telemetry, deps.columnar);
  const timed = timer(deps);
  return {
    search: (request, options) => timed('search', () => searchPage(deps, request, options)),
    similar: (request, options) => timed('similar', () => similarEvents(deps, request, options)),
    hasIndex: deps.wordIndex !== null,
    count: (selection, options) => timed('count', () => countAll(deps, selection, options)),
    histogram: (request, options) => timed('histogram', () => histogram(deps, request, options)),
    facets: (request, options) => timed('facets', () => facets(deps, request, options)),
    fieldStatistics: (request, options) =>
      timed('field-statistics', () => fieldStatistics(deps, request, options)),
    patterns: (request, options) => timed('patterns', () => patterns(deps, request, options)),
    context: (request, options) => timed('context', () => contextOf(deps, request, options)),
    trace: (traceId, options, among) =>
      timed('trace', () => traceEvents(deps, traceId, options, among)),
    export: (selection, order, signal) => exportEvents(deps, selection, order, signal),
    tail: (query, position, signal) => openTail(pool, poller, query, position, signal),
  };
}

async function countAll(deps: SearchDependencies, selection: Selection, options: RunOptions) {
  const grouping = () => Promise.resolve(NO_GROUPING);
  const { tally, partial } = await countEvents(deps, selection, grouping, options);
  return { count: tally.total, partial };
}

function timer({ telemetry, monotonicMs }: SearchDependencies) {
  return async <T>(call: AnswerFields['call'], work: () => Promise<T>): Promise<T> => {
    const start = monotonicMs();
    const answer = await work();
    const seconds = (monotonicMs() - start) / 1_000;
    telemetry.emit(answered, { call, seconds, partial: isPartial(answer) });
    return answer;
  };
}

function isPartial(answer: unknown): boolean {
  return (
    typeof answer === 'object' && answer !== null && 'partial' in answer && answer.partial === true
  );
}
