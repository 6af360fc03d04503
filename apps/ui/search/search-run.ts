import type {
  HistogramAnswer,
  SearchAnswer,
  SearchApi,
  SearchMode,
  Selection,
} from '../api/search-api.ts';
import { totalOf, type LevelCounts } from '../histogram/histogram-layout.ts';
import { highlightTerms, listFilters } from '../../../libs/query/page.ts';
import { RowWindow, type CountedRange } from '../results/row-window.ts';
import { durationMs } from '../time-range/time-range.ts';

/** Epoch ms; null where the events decide. */
export interface TimeAxis {
  readonly from: number | null;
  readonly to: number | null;
}

export interface CountedHistogram {
  readonly axis: TimeAxis;
  readonly widthMs: number;
  /** Oldest first. */
  readonly buckets: readonly LevelCounts[];
  readonly total: number;
  readonly partial: boolean;
}

/** With fewer bars than these, a histogram of an open range is asked for again, of the stretch that is filled. */
const FEW_BARS = 30;
const MOST_CLOSER_LOOKS = 3;

/** One search from its first request to the next search: its pages all use one range. */
export class SearchRun {
  readonly selection: Selection;
  /** The selection with its relative bounds made absolute, as every part of this run asks for it. */
  readonly resolved: Selection;
  /** Rows are by likeness to the words of the query; without words there is nothing to be like. */
  readonly similar: boolean;
  /** What the counts beside the rows are of: only the exact conditions where the words need not match. */
  readonly counted: Selection;
  /** Epoch ms of the range, relative bounds resolved when the search began. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly rows: RowWindow;
  readonly #api: SearchApi;
  readonly #abort = new AbortController();
  /** Set once the first page is here: rows that arrive later do not shift the pages. */
  #newest: string | null = null;
  readonly #begun = Date.now();

  constructor(
    api: SearchApi,
    selection: Selection,
    similar: boolean,
    bounds: { from: number | null; to: number | null },
    listener: { changed(): void; failed(error: unknown): void },
  ) {
    this.#api = api;
    this.selection = selection;
    this.fromMs = knownTime(bounds.from);
    this.toMs = knownTime(bounds.to);
    this.resolved = {
      q: selection.q,
      from: sentBound(selection.from, bounds.from),
      to: sentBound(selection.to, bounds.to),
    };
    this.similar = similar && highlightTerms(selection.q).length > 0;
    this.counted = this.similar
      ? { ...this.resolved, q: conditionsOf(selection.q) }
      : this.resolved;
    this.rows = new RowWindow({
      page: (request) => this.#page(request),
      histogram: async (from, to) => counted(await this.#histogramOf(iso(from), iso(to))),
      changed: () => {
        listener.changed();
      },
      failed: (error) => {
        listener.failed(error);
      },
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  cancel(): void {
    this.#abort.abort();
  }

  async firstPage(limit: number): Promise<SearchAnswer> {
    const mode: SearchMode = this.similar ? 'similar' : 'exact';
    const request = { ...this.resolved, mode, limit, cursor: null };
    const answer = await this.#api.search(request, this.signal);
    this.rows.begin(answer);
    if (answer.hits[0] !== undefined) this.#newest = answer.hits[0].timestamp;
    return answer;
  }

  async histogram(): Promise<CountedHistogram> {
    const { from, to } = this.resolved;
    let answer = await this.#histogramOf(from, to);
    this.rows.learn(counted(answer));
    for (let round = 0; round < MOST_CLOSER_LOOKS; round++) {
      const closer = this.#fewBars(answer);
      if (closer === null) break;
      answer = await this.#histogramOf(closer.from, closer.to);
    }
    const buckets = answer.buckets.map((b) => ({ start: Date.parse(b.start), counts: b.counts }));
    return {
      axis: this.axis,
      widthMs: durationMs(answer.interval) ?? 1_000,
      buckets,
      total: buckets.reduce((sum, bucket) => sum + totalOf(bucket.counts), 0),
      partial: answer.partial,
    };
  }

  /** What the axis of the histogram spans. */
  get axis(): TimeAxis {
    const open = this.fromMs === null ? null : this.#begun;
    return { from: this.fromMs, to: this.toMs ?? open };
  }

  /** Where an open range left the buckets in a few bars: the stretch that they fill. */
  #fewBars(answer: HistogramAnswer): { from: string; to: string } | null {
    const first = answer.buckets[0];
    const last = answer.buckets.at(-1);
    const widthMs = durationMs(answer.interval) ?? 1_000;
    if (first === undefined || last === undefined || answer.partial || widthMs <= 1_000)
      return null;
    if (this.fromMs !== null) return null;
    const from = Date.parse(first.start);
    const to = Math.min(Date.parse(last.start) + widthMs, this.toMs ?? Number.POSITIVE_INFINITY);
    return (to - from) / widthMs < FEW_BARS ? { from: iso(from), to: iso(to) } : null;
  }

  #histogramOf(from: string | null, to: string | null): Promise<HistogramAnswer> {
    return this.#api.histogram({ q: this.selection.q, from, to }, this.signal);
  }

  #page(request: {
    to: number | null;
    cursor: string | null;
    limit: number;
  }): Promise<SearchAnswer> {
    const { cursor, limit } = request;
    const selection = this.resolved;
    const to = request.to === null ? this.#pinnedEnd(selection.to) : iso(request.to);
    const bounded = selection.to !== null && to !== null && to > selection.to ? selection.to : to;
    return this.#api.search({ ...selection, to: bounded, cursor, limit }, this.signal);
  }

  /** With an open end, the microsecond after the newest row that the first page brought. */
  #pinnedEnd(end: string | null): string | null {
    if (end !== null || this.#newest === null) return end;
    const micros = Number(this.#newest.slice(20, 26)) + 1;
    if (micros === 1_000_000) return iso(Date.parse(this.#newest) + 1);
    return `${this.#newest.slice(0, 20)}${micros.toString().padStart(6, '0')}Z`;
  }
}

/** The conditions on fields that every hit must meet. */
function conditionsOf(q: string): string {
  return listFilters(q)
    .map(({ from, to }) => q.slice(from, to))
    .join(' ');
}

function knownTime(epochMs: number | null): number | null {
  return epochMs === null || Number.isNaN(epochMs) ? null : epochMs;
}

/** What is no time is sent as it is: the refusal says what is wrong with it. */
function sentBound(text: string | null, epochMs: number | null): string | null {
  if (epochMs === null) return null;
  return Number.isNaN(epochMs) ? text : iso(epochMs);
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function counted(answer: HistogramAnswer): CountedRange {
  const buckets = answer.buckets.map((bucket) => ({
    start: Date.parse(bucket.start),
    count: totalOf(bucket.counts),
  }));
  return { widthMs: durationMs(answer.interval) ?? 1_000, buckets, partial: answer.partial };
}
