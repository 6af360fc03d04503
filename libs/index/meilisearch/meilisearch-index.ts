import { setTimeout as delay } from 'node:timers/promises';
import { Meilisearch, MeilisearchApiError, type MultiSearchQuery } from 'meilisearch';
import { comparePositions } from '#event';
import {
  IndexUnavailableError,
  type FoundIndex,
  type IndexAnswer,
  type IndexDocument,
  type IndexPage,
  type IndexQuestion,
  type IndexRef,
  type SearchIndex,
  type SimilarAnswer,
  type SimilarEvent,
  type SimilarQuestion,
  type TaskId,
  type TaskOutcome,
} from '../search-index.ts';
import {
  encodeDocuments,
  positionOf,
  SEAL_ID,
  sealDocument,
  type StoredFields,
} from './documents.ts';
import { INDEX_SETTINGS, settingsToChange } from './index-settings.ts';
import { postDocuments } from './post-documents.ts';
import { searchQuery, sealQuery, similarQuery } from './questions.ts';
import { taskOutcome } from './task-outcome.ts';

export interface MeilisearchSettings {
  readonly url: string;
  readonly apiKey: string | null;
  /** Most for one request, in ms. Default 10,000; a search also ends with its signal. */
  readonly requestTimeoutMs?: number;
  /** Most for an index to be made or removed, in ms: it waits for the work before it. Default 120,000. */
  readonly changeTimeoutMs?: number;
}

const POLL_MS = 50;
const TASKS_AT_ONCE = 200;

/** The index is not there, or is one that somebody else has made: without its settings no filter is possible. */
const LOST: ReadonlySet<string> = new Set([
  'index_not_found',
  'invalid_search_filter',
  'invalid_search_sort',
]);

const NOT_FOUND: ReadonlySet<string> = new Set(['index_not_found']);

interface Hit extends StoredFields {
  readonly _rankingScore?: number;
}

/** Indexes on a Meilisearch server, one per day or month. */
export class MeilisearchIndex implements SearchIndex {
  private readonly client: Meilisearch;
  private readonly settings: Required<MeilisearchSettings>;

  constructor(settings: MeilisearchSettings) {
    this.settings = { requestTimeoutMs: 10_000, changeTimeoutMs: 120_000, ...settings };
    this.client = new Meilisearch({
      host: settings.url,
      ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }),
      timeout: this.settings.requestTimeoutMs,
      // Compressed answers on a kept connection take 40 ms longer.
      requestInit: { headers: { 'accept-encoding': 'identity' } },
    });
  }

  /** The seal is asked for after the documents and in the same request, so it vouches for them. */
  async search(
    index: IndexRef,
    question: IndexQuestion,
    page: IndexPage,
    signal: AbortSignal,
  ): Promise<IndexAnswer> {
    try {
      const [found, seal] = await this.multiSearch(
        [searchQuery(index, question, page), sealQuery(index)],
        signal,
      );
      if (seal?.length !== 1) return { kind: 'lost' };
      const candidates = (found ?? []).map(positionOf);
      return { kind: 'found', candidates, more: candidates.length === page.limit };
    } catch (error) {
      if (LOST.has(codeOf(error))) return { kind: 'lost' };
      return { kind: 'unavailable', reason: reasonOf(error) };
    }
  }

  async similar(
    indexes: readonly IndexRef[],
    question: SimilarQuestion,
    signal: AbortSignal,
  ): Promise<SimilarAnswer> {
    const asked = indexes.map(async (index): Promise<SimilarEvent[]> => {
      try {
        const [hits = []] = await this.multiSearch([similarQuery(index, question)], signal);
        return hits.map((hit) => ({ ...positionOf(hit), score: hit._rankingScore ?? 0 }));
      } catch (error) {
        if (LOST.has(codeOf(error))) return [];
        throw error;
      }
    });
    try {
      const events = (await Promise.all(asked)).flat();
      events.sort((a, b) => b.score - a.score || comparePositions(b, a));
      return { kind: 'found', events: events.slice(0, question.limit) };
    } catch (error) {
      return { kind: 'unavailable', reason: reasonOf(error) };
    }
  }

  async health(signal: AbortSignal): Promise<string | null> {
    try {
      // Unlike /health it needs the key.
      await this.attempt(signal, () => this.client.multiSearch({ queries: [] }));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async list(prefix: string, signal: AbortSignal): Promise<readonly FoundIndex[]> {
    return this.attempt(signal, async () => {
      const { indexes } = await this.client.getStats();
      const names = Object.keys(indexes).filter((name) => name.startsWith(`${prefix}-`));
      const found: FoundIndex[] = [];
      for (const name of names) {
        const seal = await this.sealOf(name);
        const documents = indexes[name]?.numberOfDocuments ?? 0;
        found.push({ name, seal, documents: seal === null ? documents : documents - 1 });
      }
      return found;
    });
  }

  async create({ name, seal }: IndexRef, signal: AbortSignal): Promise<void> {
    await this.attempt(signal, async () => {
      // The server works on them in this order.
      const tasks = [
        await this.client.deleteIndex(name),
        await this.client.createIndex(name, { primaryKey: 'id' }),
        await this.client.index(name).updateSettings(INDEX_SETTINGS),
      ].map((task) => task.taskUid);
      const sealed = await this.post(name, sealDocument(seal));
      await this.settled(tasks.slice(0, 1), signal, NOT_FOUND);
      await this.settled([...tasks.slice(1), sealed], signal);
    });
  }

  async configure(name: string, signal: AbortSignal): Promise<void> {
    await this.attempt(signal, async () => {
      const index = this.client.index(name);
      const change = settingsToChange(await index.getSettings());
      if (Object.keys(change).length > 0) {
        const task = await index.updateSettings(change);
        await this.settled([task.taskUid], signal);
      }
    });
  }

  async add(
    name: string,
    documents: readonly IndexDocument[],
    signal: AbortSignal,
  ): Promise<TaskId> {
    return this.attempt(signal, () => this.post(name, encodeDocuments(documents)));
  }

  async outcomes(tasks: readonly TaskId[], signal: AbortSignal): Promise<readonly TaskOutcome[]> {
    return this.attempt(signal, async () => {
      const outcomes: TaskOutcome[] = [];
      for (let at = 0; at < tasks.length; at += TASKS_AT_ONCE) {
        const uids = tasks.slice(at, at + TASKS_AT_ONCE);
        const { results } = await this.client.tasks.getTasks({ uids, limit: uids.length });
        const byId = new Map(results.map((task) => [task.uid, task]));
        outcomes.push(...uids.map((uid) => taskOutcome(byId.get(uid))));
      }
      return outcomes;
    });
  }

  async drop(name: string, signal: AbortSignal): Promise<void> {
    await this.attempt(signal, async () => {
      const task = await this.client.deleteIndex(name);
      await this.settled([task.taskUid], signal, NOT_FOUND);
    });
  }

  private async multiSearch(
    queries: MultiSearchQuery[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Hit[])[]> {
    // The client forgets its own time limit where it is given a signal.
    const limit = AbortSignal.timeout(this.settings.requestTimeoutMs);
    const { results } = await this.client.multiSearch<{ queries: MultiSearchQuery[] }, Hit>(
      { queries },
      { signal: AbortSignal.any([signal, limit]) },
    );
    return results.map(({ hits }) => hits);
  }

  private async sealOf(name: string): Promise<number | null> {
    try {
      const { ts } = await this.client.index<StoredFields>(name).getDocument(SEAL_ID);
      return -ts;
    } catch (error) {
      if (['document_not_found', 'index_not_found'].includes(codeOf(error))) return null;
      throw error;
    }
  }

  private post(index: string, lines: string): Promise<TaskId> {
    const { url, apiKey, requestTimeoutMs } = this.settings;
    return postDocuments({ url, apiKey, index, lines, timeoutMs: requestTimeoutMs });
  }

  /** Waits until the tasks have succeeded, or failed in a way that is allowed. */
  private async settled(
    tasks: readonly TaskId[],
    signal: AbortSignal,
    allowed: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const { changeTimeoutMs } = this.settings;
    const deadline = performance.now() + changeTimeoutMs;
    for (;;) {
      const outcomes = await this.outcomes(tasks, signal);
      for (const outcome of outcomes) {
        if (outcome.kind === 'unknown') throw new IndexUnavailableError('a task is gone');
        if (outcome.kind === 'failed' && !allowed.has(outcome.code))
          throw new IndexUnavailableError(`${outcome.code}: ${outcome.message}`);
      }
      if (!outcomes.some(({ kind }) => kind === 'pending')) return;
      if (performance.now() > deadline)
        throw new IndexUnavailableError(`a task did not end within ${changeTimeoutMs} ms`);
      await delay(POLL_MS, undefined, { signal });
    }
  }

  private async attempt<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const ended = Promise.withResolvers<never>();
    const end = (): void => {
      ended.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      // Whoever stops does not wait for a server that does not answer.
      return await Promise.race([work(), ended.promise]);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof IndexUnavailableError) throw error;
      throw new IndexUnavailableError(reasonOf(error), { cause: error });
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof MeilisearchApiError ? (error.cause?.code ?? '') : '';
}

/** The innermost cause says most: `fetch` and the client wrap what went wrong. */
function reasonOf(error: unknown): string {
  if (error instanceof MeilisearchApiError)
    return `${error.cause?.code ?? error.response.status}: ${error.message}`;
  if (!isRecord(error)) return String(error);
  const { cause, message } = error;
  return isRecord(cause) && 'message' in cause ? reasonOf(cause) : String(message);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
