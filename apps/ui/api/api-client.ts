import { Injectable, signal } from '@angular/core';
import { ApiProblem, isAbort, problemOf } from './problem.ts';

/** Of a call that is refused for want of a session. Its document may be cut off, as another call was refused before. */
const NOT_SIGNED_IN = 401;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/**
 * Calls of the gateway. While nobody is signed in calls wait, also those that were under way when the session ended;
 * each is made again once somebody is: a call that was refused has changed nothing.
 */
@Injectable({ providedIn: 'root' })
export class ApiClient {
  /** What changes carry, so that no other site can make them. */
  csrf: string | null = null;

  readonly #closed = signal(false);
  /** Calls wait, and streams are to be closed. */
  readonly closed = this.#closed.asReadonly();
  #opened = Promise.withResolvers<null>();
  #session = new AbortController();

  /** The JSON of an answer; rejects with an `ApiProblem`, or with an `AbortError` once the signal is aborted. */
  call<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.#insist(options.signal, async (session) => {
      const signal = either(options.signal, session);
      const response = await this.#fetch(path, { ...options, signal });
      return (await response.json()) as T;
    });
  }

  /** An answer whose body is read as it comes, and is not asked for again once it has begun. */
  stream(path: string, signal: AbortSignal): Promise<Response> {
    return this.#insist(signal, () => this.#fetch(path, { signal }));
  }

  /** Without waiting for anybody to sign in: for the calls about that. */
  async direct<T>(path: string, options: CallOptions = {}): Promise<T> {
    const response = await this.#fetch(path, options);
    return (await response.json()) as T;
  }

  /** The session has ended. */
  close(): void {
    if (this.#closed()) return;
    this.#closed.set(true);
    this.#opened = Promise.withResolvers();
    this.#session.abort();
    this.#session = new AbortController();
  }

  /** Somebody is signed in, or need not be. */
  open(csrf: string | null): void {
    this.csrf = csrf;
    this.#closed.set(false);
    this.#opened.resolve(null);
  }

  async #insist<T>(
    signal: AbortSignal | undefined,
    attempt: (session: AbortSignal) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      if (this.#closed()) await unlessAborted(this.#opened.promise, signal);
      const session = this.#session.signal;
      try {
        return await attempt(session);
      } catch (error) {
        if (!this.#isOver(session, error)) throw error;
        signal?.throwIfAborted();
      }
    }
  }

  /** Whether an attempt failed because its session has ended, which may be news. */
  #isOver(session: AbortSignal, error: unknown): boolean {
    if (session.aborted) return isRefusal(error) || isAbort(error);
    if (!isRefusal(error)) return false;
    this.close();
    return true;
  }

  async #fetch(path: string, { method = 'GET', body, signal }: CallOptions): Promise<Response> {
    const headers = new Headers({ accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (method !== 'GET' && this.csrf !== null) headers.set('x-penstock-csrf', this.csrf);
    const response = await fetch(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === NOT_SIGNED_IN;
}

function either(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one === undefined ? other : AbortSignal.any([one, other]);
}

/** Rejects with the reason of the signal once it is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', aborted);
    });
  });
}
