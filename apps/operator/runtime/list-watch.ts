import { systemSleep, backoffMs, type BackoffSettings } from '#retry';
import { ApiError, fromStatus } from './api-error.ts';
import type { KubeApi } from './kube-api.ts';
import { keyOf, type KubeObject } from './kube-object.ts';
import { collectionPath, type Kind } from './kinds.ts';

export interface ListWatchOptions {
  readonly api: KubeApi;
  readonly kind: Kind;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  /** An object came, changed or went; `before` is null for a new one, `after` for one that is gone. */
  readonly onChange: (before: KubeObject | null, after: KubeObject | null) => void;
  /** A list or a watch failed, and is tried again. */
  readonly onFailure: (error: ApiError) => void;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** Longest silence of a watch, in ms. Bookmarks come about once a minute. */
  readonly silenceMs?: number;
  readonly backoff?: BackoffSettings;
}

const PAGE = 500;
const WATCH_SECONDS = 280;
const SILENCE_MS = 150_000;
const BACKOFF: BackoffSettings = { baseMs: 500, maxMs: 30_000 };

interface ListAnswer {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/**
 * All objects of a kind, kept up to date: a list in pages, then a watch from its version on with bookmarks, and a new
 * list where the watch is too old. A watch that ends, fails or says nothing for too long is begun again where it was.
 */
export class ListWatch {
  private readonly options: Required<ListWatchOptions>;
  private objects = new Map<string, KubeObject>();
  private version: string | null = null;
  /** Attempts that failed since the API server was last heard. */
  private failures = 0;
  private readonly firstList = Promise.withResolvers<undefined>();

  constructor(options: ListWatchOptions) {
    this.options = {
      labelSelector: '',
      random: Math.random,
      silenceMs: SILENCE_MS,
      backoff: BACKOFF,
      ...options,
    };
  }

  /** Resolves when everything was listed once. */
  get synced(): Promise<unknown> {
    return this.firstList.promise;
  }

  get(key: string): KubeObject | undefined {
    return this.objects.get(key);
  }

  all(): Iterable<KubeObject> {
    return this.objects.values();
  }

  get size(): number {
    return this.objects.size;
  }

  private get isEnded(): boolean {
    return this.options.signal.aborted;
  }

  /** Goes on until the signal aborts. */
  async run(): Promise<void> {
    const { signal, backoff, random, onFailure } = this.options;
    while (!signal.aborted) {
      try {
        if (this.version === null) await this.list();
        await this.watch();
        this.failures = 0;
      } catch (error) {
        if (this.isEnded) return;
        const failure =
          error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error));
        if (failure.isExpired) this.version = null;
        else onFailure(failure);
        // What may not be listed counts as empty: the rest goes on, and the next write says what is missing.
        if (failure.isForbidden) this.firstList.resolve(undefined);
        this.failures += 1;
        await systemSleep(backoffMs(this.failures, backoff, random), signal);
      }
    }
  }

  private path(query: Readonly<Record<string, string>>): string {
    const { kind, namespace, labelSelector } = this.options;
    const all = { ...(labelSelector !== '' && { labelSelector }), ...query };
    return `${collectionPath(kind, namespace)}?${new URLSearchParams(all).toString()}`;
  }

  private async list(): Promise<void> {
    const { api, signal, kind } = this.options;
    const listed = new Map<string, KubeObject>();
    let version: string;
    let next: string | undefined = '';
    do {
      const path = this.path({ limit: String(PAGE), ...(next !== '' && { continue: next }) });
      const page = (await api.request({ method: 'GET', path, signal })) as ListAnswer;
      // Items of lists have no kind of their own.
      for (const item of page.items)
        listed.set(keyOf(item), trim({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
      version = page.metadata.resourceVersion;
      next = page.metadata.continue;
    } while (next !== undefined && next !== '');
    this.replace(listed);
    this.version = version;
    this.firstList.resolve(undefined);
  }

  private replace(listed: Map<string, KubeObject>): void {
    const before = this.objects;
    this.objects = listed;
    const { onChange } = this.options;
    for (const [key, object] of before) if (!listed.has(key)) onChange(object, null);
    for (const [key, object] of listed) {
      const known = before.get(key);
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion)
        onChange(known ?? null, object);
    }
  }

  private async watch(): Promise<void> {
    const { api, signal, silenceMs, random } = this.options;
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    let timer = setTimeout(() => undefined, 0);
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silence.abort();
      }, silenceMs);
      timer.unref();
    };
    heard();
    const path = this.path({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.version ?? '',
      timeoutSeconds: String(Math.round(WATCH_SECONDS * (1 + random()))),
    });
    try {
      for await (const line of api.lines(path, both)) {
        heard();
        if (line === '') continue;
        this.take(JSON.parse(line) as WatchEvent);
        this.failures = 0;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw fromStatus(object as { code?: number; message?: string });
    this.version = object.metadata.resourceVersion ?? this.version;
    if (type === 'BOOKMARK') return;
    const key = keyOf(object);
    const before = this.objects.get(key) ?? null;
    if (type === 'DELETED') {
      this.objects.delete(key);
      this.options.onChange(before ?? object, null);
      return;
    }
    const kept = trim(object);
    this.objects.set(key, kept);
    this.options.onChange(before, kept);
  }
}

/** Without what is large and nobody reads. */
function trim(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}

/** Why a list or a watch failed, for people. */
export function watchFault({ apiVersion, kind }: Kind, { isMissing, message }: ApiError): string {
  return isMissing
    ? `the API server knows no ${kind} of ${apiVersion}: is its CustomResourceDefinition installed (crds.enabled of the chart)?`
    : message;
}
