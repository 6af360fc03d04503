import type { EventPosition, Level, Micros } from '#event';

/**
 * One index, of one day or one month. The seal is a number that the index holds too: an index that was lost and made
 * again under its name has another one, so nothing that was known of the old index is believed of the new one.
 */
export interface IndexRef {
  readonly name: string;
  /** A whole number from 1 to `MAX_SEAL`. */
  readonly seal: number;
}

export const MAX_SEAL = 2 ** 47;

/**
 * The slim copy of an event. Order and paging are by the position, exactly as everywhere else; the rest of the event
 * is in Postgres.
 */
export interface IndexDocument extends EventPosition {
  readonly level: Level;
  /** What `indexText` makes of the message. */
  readonly text: string;
  readonly service: string | null;
}

/** What is asked of one index. All conditions hold together. */
export interface IndexQuestion {
  /** What `indexedWords` makes of the words of a query: each occurs somewhere in the text. At most `MAX_WORDS`. */
  readonly words: readonly string[];
  /** Inclusive. */
  readonly from: Micros;
  /** Exclusive. */
  readonly to: Micros;
  /** Null: any level. */
  readonly levels: ReadonlySet<Level> | null;
  /** Null: any service, or none. */
  readonly services: ReadonlySet<string> | null;
  readonly order: 'asc' | 'desc';
}

/** Events beyond these bounds stay out of an index: a position must fit into the numbers of a backend. */
export const MAX_GROUP_SEQ = 2 ** 36 - 1;
export const MAX_ORDINAL = 2 ** 17 - 1;

/** Words that one question may hold. */
export const MAX_WORDS = 10;
/** Candidates that one answer may hold. */
export const MAX_CANDIDATES = 1_000;

export interface IndexPage {
  /** Only what comes after this position, in the order of the question. */
  readonly after: EventPosition | null;
  /** From 1 to `MAX_CANDIDATES`. */
  readonly limit: number;
}

/**
 * What an index proposes.
 *
 * - `found`: every document that fulfils the question is a candidate, and there may be candidates that do not match
 *   the query: words are looked for in any order, texts ignore case and accents. Each candidate must be looked up
 *   and checked. In the order of the question. Where `more` is false, none comes after the last one.
 * - `lost`: no index of that name and seal is there. Nothing is known of its documents.
 * - `unavailable`: no answer in time, or a refusal.
 */
export type IndexAnswer =
  | {
      readonly kind: 'found';
      readonly candidates: readonly EventPosition[];
      readonly more: boolean;
    }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** What is asked of several indexes: texts like this one, whatever the spelling. */
export interface SimilarQuestion {
  /** As a person typed it. */
  readonly text: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly levels: ReadonlySet<Level> | null;
  readonly services: ReadonlySet<string> | null;
  readonly limit: number;
}

export interface SimilarEvent extends EventPosition {
  /** From 0 to 1; comparable between indexes. */
  readonly score: number;
}

export type SimilarAnswer =
  | { readonly kind: 'found'; readonly events: readonly SimilarEvent[] }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Reading side. Excluded: coverage, which is kept in Postgres. Never rejects for a broken backend. */
export interface IndexReader {
  search(
    index: IndexRef,
    question: IndexQuestion,
    page: IndexPage,
    signal: AbortSignal,
  ): Promise<IndexAnswer>;
  /** The most similar first, ties newest first, of those indexes that are there. */
  similar(
    indexes: readonly IndexRef[],
    question: SimilarQuestion,
    signal: AbortSignal,
  ): Promise<SimilarAnswer>;
  /** Null when it answers, else what is wrong. */
  health(signal: AbortSignal): Promise<string | null>;
}

/** A batch of documents that the index has taken over and not yet indexed. */
export type TaskId = number;

/**
 * What became of a task.
 *
 * - `pending`: not finished.
 * - `succeeded`: all documents can be found.
 * - `failed`: none of them, or not all, can be found. `code` is the backend's. `documents` says whether these
 *   documents are to blame, so that sending them again alone or in parts may help.
 * - `unknown`: the backend has forgotten it, or never had it.
 */
export type TaskOutcome =
  | { readonly kind: 'pending' | 'succeeded' | 'unknown' }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly documents: boolean;
    };

/** An index as the backend has it. */
export interface FoundIndex {
  readonly name: string;
  /** Null where it has none: it was not made by `create`, or was emptied. */
  readonly seal: number | null;
  readonly documents: number;
}

/** Writing side. Rejects with `IndexUnavailableError` where the backend cannot be reached or refuses. */
export interface IndexWriter {
  /** Indexes whose name begins so. */
  list(prefix: string, signal: AbortSignal): Promise<readonly FoundIndex[]>;
  /** An empty index with its settings and its seal; one of the same name goes. Resolves once it is there. */
  create(index: IndexRef, signal: AbortSignal): Promise<void>;
  /** Brings the settings of an index up to date where they differ. */
  configure(name: string, signal: AbortSignal): Promise<void>;
  /** Hands documents over; one with a position that is there already replaces it. */
  add(name: string, documents: readonly IndexDocument[], signal: AbortSignal): Promise<TaskId>;
  /** One outcome per task, in their order. */
  outcomes(tasks: readonly TaskId[], signal: AbortSignal): Promise<readonly TaskOutcome[]>;
  /** Removes an index with its documents; one that is not there is no error. Resolves once it is gone. */
  drop(name: string, signal: AbortSignal): Promise<void>;
}

/** An index of slim copies that proposes candidates. Every adapter passes the suite of `conformance.ts`. */
export interface SearchIndex extends IndexReader, IndexWriter {}

/** The backend cannot be reached, does not answer in time, or refuses: nothing is known to have happened. */
export class IndexUnavailableError extends Error {
  override readonly name = 'IndexUnavailableError';
  readonly code = 'index-unavailable';
  readonly permanent = false;
  /** In a word, for counting. */
  readonly reason: string;

  constructor(message: string, { reason = 'unavailable', ...options }: UnavailableOptions = {}) {
    super(message, options);
    this.reason = reason;
  }
}

interface UnavailableOptions extends ErrorOptions {
  readonly reason?: string;
}
