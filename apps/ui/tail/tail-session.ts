import { Injectable, effect, inject, signal, untracked } from '@angular/core';
import type { LogHit } from '../api/log-hit.ts';
import { ApiClient } from '../api/api-client.ts';
import { ApiProblem, isAbort, toProblem } from '../api/problem.ts';
import { SearchApi } from '../api/search-api.ts';
import { SearchLocation } from '../search/search-location.ts';
import { TailFeed } from './tail-feed.ts';
import { TailRate } from './tail-rate.ts';

/** Rows are drawn in bundles, so that 500 lines/s cost ten changes a second. */
const FLUSH_MS = 100;
const FIRST_ROWS = 100;
const TICK_MS = 1_000;

export type TailState = 'off' | 'connecting' | 'open' | 'reconnecting';

/**
 * The server-sent events of the live tail; EventSource reconnects by itself and resumes where it was. When the session
 * ends the stream is closed, and taken up where it was once somebody is signed in.
 */
@Injectable()
export class TailSession {
  readonly #api = inject(SearchApi);
  readonly #client = inject(ApiClient);
  readonly #location = inject(SearchLocation);
  /** Where the tail of a query has come to, while the session that it ran in is over. */
  #left: { readonly q: string; readonly position: string } | null = null;
  #arrived: LogHit[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly feed = new TailFeed();
  readonly version = signal(0);
  readonly state = signal<TailState>('off');
  readonly problem = signal<ApiProblem | null>(null);
  /** Paused by the button, rather than by scrolling. */
  readonly paused = signal(false);
  readonly #rate = new TailRate();

  constructor() {
    effect((onCleanup) => {
      const q = this.#location.q();
      if (!this.#location.live()) this.#left = null;
      else if (!this.#client.closed()) onCleanup(untracked(() => this.#open(q)));
    });
  }

  /** Events that arrive per second. */
  rate(): number {
    return this.#rate.perSecond(performance.now());
  }

  pause(): void {
    this.paused.set(true);
    this.feed.hold();
    this.#changed();
  }

  resume(): void {
    this.paused.set(false);
    this.feed.release();
    this.#changed();
  }

  /** Scrolling away from the newest row holds the list; coming back releases it. */
  scrolled(atTop: boolean): void {
    if (this.paused() || atTop !== this.feed.held) return;
    if (atTop) this.feed.release();
    else this.feed.hold();
    this.#changed();
  }

  /** Returns what closes the stream. */
  #open(q: string): () => void {
    const after = this.#left?.q === q ? this.#left.position : null;
    this.#left = null;
    if (after === null) this.#begin();
    this.problem.set(null);
    this.state.set('connecting');
    const abort = new AbortController();
    let primed = after !== null;
    let position = after;
    const stream = new EventSource(this.#api.tailUrl(q, after));
    stream.onopen = () => {
      this.state.set('open');
      if (primed) return;
      primed = true;
      // The tail's start was settled before it opened: what this search finds and what it brings overlap.
      void this.#prime(q, abort.signal);
    };
    stream.onmessage = (message: MessageEvent<string>) => {
      position = message.lastEventId;
      this.#receive(JSON.parse(message.data) as LogHit);
    };
    stream.onerror = () => {
      this.state.set('reconnecting');
      if (stream.readyState === EventSource.CLOSED) void this.#explain(q, abort.signal);
    };
    // The rate falls while nothing arrives.
    const ticks = setInterval(() => {
      this.#changed();
    }, TICK_MS);
    return () => {
      clearInterval(ticks);
      abort.abort();
      stream.close();
      clearTimeout(this.#timer);
      this.#flush();
      if (untracked(this.#client.closed) && position !== null) this.#left = { q, position };
      this.state.set('off');
    };
  }

  #begin(): void {
    this.feed.clear();
    this.#rate.clear();
    this.resume();
  }

  /** Puts the newest stored rows below what the tail brings. */
  async #prime(q: string, signal: AbortSignal): Promise<void> {
    const request = { q, from: null, to: null, limit: FIRST_ROWS, cursor: null };
    const answer = await this.#api.search(request, signal).catch(() => null);
    if (answer === null) return;
    this.feed.prime(answer.hits);
    this.#changed();
  }

  /** EventSource tells nothing about a refusal: the same query as a search does. */
  async #explain(q: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#api.search({ q, from: null, to: null, limit: 1, cursor: null }, signal);
      this.problem.set(ApiProblem.unreachable());
    } catch (error) {
      if (!isAbort(error)) this.problem.set(toProblem(error));
    }
  }

  #receive(hit: LogHit): void {
    this.#arrived.push(hit);
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, FLUSH_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#arrived.length === 0) return;
    this.feed.add(this.#arrived);
    this.#rate.add(this.#arrived.length, performance.now());
    this.#arrived = [];
    this.#changed();
  }

  #changed(): void {
    this.version.update((version) => version + 1);
  }
}
