import type {
  IndexAnswer,
  IndexPage,
  IndexQuestion,
  IndexReader,
  IndexRef,
  SimilarAnswer,
  SimilarQuestion,
} from '#index';
import type { Telemetry } from '#telemetry';
import { indexAnswered, indexNotAsked } from './telemetry.ts';

export interface GuardSettings {
  /** Longest that a search waits for the index. */
  readonly timeoutMs: number;
  /** How long it is not asked after it did not answer. */
  readonly pauseMs: number;
  readonly monotonicMs: () => number;
  readonly telemetry: Telemetry;
}

export const DEFAULT_GUARD = { timeoutMs: 1_500, pauseMs: 5_000 };

const LATE: Unavailable = { kind: 'unavailable', reason: 'no answer in time' };
const PAUSED: Unavailable = { kind: 'unavailable', reason: 'not asked: it did not answer before' };

interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
}

/**
 * An index that answers in time or is `unavailable`. After a failure it is left alone for some seconds; then one
 * question finds out whether it is back, while the others still go without it.
 */
export class GuardedIndex {
  private readonly reader: Pick<IndexReader, 'search' | 'similar'>;
  private readonly settings: GuardSettings;
  /** When it may be asked again; null while it answers. */
  private retryAt: number | null = null;
  private probing = false;

  constructor(reader: Pick<IndexReader, 'search' | 'similar'>, settings: GuardSettings) {
    this.reader = reader;
    this.settings = settings;
  }

  /** Whether a question would be asked now. */
  get open(): boolean {
    if (this.retryAt === null) return true;
    return !this.probing && this.settings.monotonicMs() >= this.retryAt;
  }

  search(
    index: IndexRef,
    question: IndexQuestion,
    page: IndexPage,
    signal: AbortSignal,
  ): Promise<IndexAnswer> {
    const { timeoutMs } = this.settings;
    return this.ask(signal, timeoutMs, (limited) =>
      this.reader.search(index, question, page, limited),
    );
  }

  /** Nothing else can answer this, so it may take longer. */
  similar(
    indexes: readonly IndexRef[],
    question: SimilarQuestion,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<SimilarAnswer> {
    return this.ask(signal, timeoutMs, (limited) =>
      this.reader.similar(indexes, question, limited),
    );
  }

  private async ask<T extends { readonly kind: string }>(
    signal: AbortSignal,
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<T | Unavailable>,
  ): Promise<T | Unavailable> {
    if (!this.open) return PAUSED;
    const probe = this.retryAt !== null;
    this.probing ||= probe;
    const { monotonicMs, telemetry } = this.settings;
    const start = monotonicMs();
    try {
      const answer = await this.limited(signal, timeoutMs, call);
      // Whoever gave up the search says nothing about the index.
      if (signal.aborted) return answer;
      telemetry.emit(indexAnswered, {
        seconds: (monotonicMs() - start) / 1_000,
        outcome: answer.kind,
      });
      this.note(answer);
      return answer;
    } finally {
      if (probe) this.probing = false;
    }
  }

  private note(answer: { readonly kind: string; readonly reason?: string }): void {
    if (answer.kind !== 'unavailable') {
      this.retryAt = null;
      return;
    }
    const { monotonicMs, pauseMs, telemetry } = this.settings;
    this.retryAt = monotonicMs() + pauseMs;
    telemetry.emit(indexNotAsked, { reason: answer.reason ?? 'unknown', pauseMs });
  }

  /** Also where the reader does not heed its signal. */
  private async limited<T>(
    signal: AbortSignal,
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<T | Unavailable>,
  ): Promise<T | Unavailable> {
    const timeout = new AbortController();
    const late = Promise.withResolvers<Unavailable>();
    const timer = setTimeout(() => {
      timeout.abort();
      late.resolve(LATE);
    }, timeoutMs);
    try {
      return await Promise.race([call(AbortSignal.any([signal, timeout.signal])), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
