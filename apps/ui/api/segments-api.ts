import { Injectable, inject } from '@angular/core';
import { ApiClient } from './api-client.ts';

/** A stretch of time: a day, an hour or a part of a month. */
export interface StoredStretch {
  /** RFC 3339. */
  readonly from: string;
  /** Not included. */
  readonly to: string;
  readonly where: 'rows' | 'files' | 'both';
  readonly events: number;
  readonly bytes: number;
  readonly bytesPerEvent: number | null;
  readonly files: number;
  readonly fileBytes: number;
  readonly tableBytes: number;
}

export interface StoredStretches {
  /** Newest first. */
  readonly segments: readonly StoredStretch[];
  readonly events: number;
  readonly bytes: number;
  /** There are older ones. */
  readonly more: boolean;
}

/** What is stored where. Rejects with an `ApiProblem` or an `AbortError`. */
@Injectable({ providedIn: 'root' })
export class SegmentsApi {
  readonly #client = inject(ApiClient);

  list(signal: AbortSignal): Promise<StoredStretches> {
    return this.#client.call('/api/v1/segments', { signal });
  }
}
