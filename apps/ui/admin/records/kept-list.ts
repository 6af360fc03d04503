import { DestroyRef, inject, signal } from '@angular/core';
import { isAbort, toProblem } from '../../api/problem.ts';

/** What the gateway keeps of one kind, read again after each change. Made in an injection context. */
export class KeptList<T> {
  readonly #load: (signal: AbortSignal) => Promise<readonly T[]>;
  #reading = new AbortController();

  /** Null until it was read. */
  readonly items = signal<readonly T[] | null>(null);
  readonly problem = signal<string | null>(null);
  /** What the last change has come to. */
  readonly news = signal('');

  constructor(load: (signal: AbortSignal) => Promise<readonly T[]>) {
    this.#load = load;
    inject(DestroyRef).onDestroy(() => {
      this.#reading.abort();
    });
    void this.read();
  }

  async read(): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    try {
      this.items.set(await this.#load(this.#reading.signal));
      this.problem.set(null);
    } catch (error) {
      if (!isAbort(error)) this.#failed(error);
    }
  }

  /** Makes a change; `news` are told once it is made. */
  async change<R>(make: () => Promise<R>, news: (result: R) => string): Promise<R | null> {
    try {
      const result = await make();
      this.news.set(news(result));
      await this.read();
      return result;
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  #failed(error: unknown): void {
    const problem = toProblem(error);
    this.problem.set(problem.detail || problem.title);
  }
}
