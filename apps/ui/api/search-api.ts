import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';
import type { FieldStatistics, PatternsAnswer } from './answers.ts';
import type { Level, LogHit } from './log-hit.ts';
import { ApiProblem } from './problem.ts';

/** What is asked; `from` inclusive, `to` exclusive, RFC 3339 or relative, null is open. */
export interface Selection {
  readonly q: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** `similar` finds messages like the words of the query, whatever the spelling, the best first, in one page. */
export type SearchMode = 'exact' | 'similar';

export interface PageRequest extends Selection {
  /** Absent: exact. */
  readonly mode?: SearchMode;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface SearchAnswer {
  /** Newest first; of similar ones the best first. */
  readonly hits: readonly LogHit[];
  readonly nextCursor: string | null;
  /** The time budget was reached: `nextCursor` continues. */
  readonly partial: boolean;
  readonly engines: readonly string[];
  readonly tookMs: number;
}

export interface HistogramBucket {
  /** RFC 3339. */
  readonly start: string;
  readonly counts: Readonly<Partial<Record<Level, number>>>;
}

export interface HistogramAnswer {
  /** A number with s, m, h or d. */
  readonly interval: string;
  /** Only those that hold something, oldest first. */
  readonly buckets: readonly HistogramBucket[];
  readonly partial: boolean;
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

export interface FacetAnswer {
  readonly field: string;
  /** Most frequent first. */
  readonly values: readonly FacetValue[];
  readonly partial: boolean;
}

export interface ExportRequest extends Selection {
  readonly format: 'csv' | 'ndjson';
  /** Null is everything of each event. */
  readonly columns: readonly string[] | null;
}

export interface ExportAnswer {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly fileName: string;
}

export interface CountAnswer {
  readonly count: number;
  readonly partial: boolean;
}

type Parameters = Readonly<Record<string, string | number | null>>;

/**
 * The gateway's query API. Every call rejects with an `ApiProblem`, or with an `AbortError` once its
 * signal is aborted, which also ends the work in the database.
 */
@Injectable({ providedIn: 'root' })
export class SearchApi {
  readonly #client = inject(ApiClient);

  search(page: PageRequest, signal: AbortSignal): Promise<SearchAnswer> {
    return this.#get<SearchAnswer>('/api/v1/search', { ...page }, signal);
  }

  /** The modes that this pipeline has. */
  async modes(signal: AbortSignal): Promise<readonly SearchMode[]> {
    const answer = await this.#get<{ modes: readonly { mode: SearchMode; available: boolean }[] }>(
      '/api/v1/search/modes',
      {},
      signal,
    );
    return answer.modes.filter(({ available }) => available).map(({ mode }) => mode);
  }

  count(selection: Selection, signal: AbortSignal): Promise<CountAnswer> {
    return this.#get<CountAnswer>('/api/v1/count', { ...selection }, signal);
  }

  /** @param interval a number with s, m, h or d; absent: about 100 buckets */
  histogram(
    selection: Selection,
    signal: AbortSignal,
    interval: string | null = null,
  ): Promise<HistogramAnswer> {
    return this.#get<HistogramAnswer>('/api/v1/histogram', { ...selection, interval }, signal);
  }

  facets(
    selection: Selection,
    field: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<FacetAnswer> {
    return this.#get<FacetAnswer>('/api/v1/facets', { ...selection, field, limit }, signal);
  }

  patterns(selection: Selection, limit: number, signal: AbortSignal): Promise<PatternsAnswer> {
    return this.#get<PatternsAnswer>('/api/v1/patterns', { ...selection, limit }, signal);
  }

  fieldStatistics(
    selection: Selection,
    field: string,
    signal: AbortSignal,
  ): Promise<FieldStatistics> {
    return this.#get<FieldStatistics>('/api/v1/field-statistics', { ...selection, field }, signal);
  }

  /** The event with its neighbours, oldest first. */
  async context(
    id: string,
    around: { before: number; after: number; scope: string },
    signal: AbortSignal,
  ): Promise<readonly LogHit[]> {
    const answer = await this.#get<{ hits: readonly LogHit[] }>(
      '/api/v1/context',
      { id, ...around },
      signal,
    );
    return answer.hits;
  }

  /** All events of a trace, oldest first. */
  async trace(traceId: string, signal: AbortSignal): Promise<readonly LogHit[]> {
    const path = `/api/v1/traces/${encodeURIComponent(traceId)}`;
    const answer = await this.#get<{ hits: readonly LogHit[] }>(path, {}, signal);
    return answer.hits;
  }

  exportUrl({ columns, ...rest }: ExportRequest): string {
    return `/api/v1/export?${encode({ ...rest, columns: columns?.join(',') ?? null })}`;
  }

  /** The bytes as they come, without a cap. */
  async export(wanted: ExportRequest, signal: AbortSignal): Promise<ExportAnswer> {
    const response = await this.#client.stream(this.exportUrl(wanted), signal);
    if (response.body === null) throw ApiProblem.unreachable();
    const header = response.headers.get('content-disposition') ?? '';
    const fileName = /filename="([^"]+)"/.exec(header)?.[1] ?? `penstock.${wanted.format}`;
    return { body: response.body, fileName };
  }

  /** @param after the position that a tail before had come to; null: now */
  tailUrl(q: string, after: string | null): string {
    return `/api/v1/tail?${encode({ q, lastEventId: after })}`;
  }

  #get<T>(path: string, parameters: Parameters, signal: AbortSignal): Promise<T> {
    return this.#client.call<T>(`${path}?${encode(parameters)}`, { signal });
  }
}

function encode(parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== '') search.set(name, String(value));
  }
  return search.toString();
}
