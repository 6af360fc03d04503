import { signal } from '@angular/core';
import type { AuditApi, AuditEntry, AuditSearch } from '../../api/audit-api.ts';
import { isAbort, toProblem } from '../../api/problem.ts';

const PAGE = 100;

/** The entries that a search finds, as far as they were asked for. */
export class AuditEntries {
  readonly #api: AuditApi;
  #search: AuditSearch | null = null;
  #cursor: string | null = null;
  #reading = new AbortController();

  readonly list = signal<readonly AuditEntry[]>([]);
  readonly reading = signal(false);
  /** There are no further ones. */
  readonly complete = signal(false);
  readonly problem = signal<string | null>(null);

  constructor(api: AuditApi) {
    this.#api = api;
  }

  /** Begins anew; what is on the screen stays until the first entries are here. */
  begin(search: AuditSearch): void {
    this.end();
    this.#search = search;
    this.#cursor = null;
    this.complete.set(false);
    void this.#read(true);
  }

  more(): void {
    if (!this.reading() && !this.complete() && this.problem() === null) void this.#read(false);
  }

  /** Goes on after a failure. */
  again(): void {
    void this.#read(this.#cursor === null);
  }

  end(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.reading.set(false);
  }

  async #read(first: boolean): Promise<void> {
    const search = this.#search;
    const { signal } = this.#reading;
    if (search === null) return;
    this.reading.set(true);
    this.problem.set(null);
    try {
      const page = await this.#api.find(search, this.#cursor, PAGE, signal);
      if (signal.aborted) return;
      this.list.update((before) => (first ? page.entries : [...before, ...page.entries]));
      this.#cursor = page.nextCursor;
      this.complete.set(page.nextCursor === null);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      const problem = toProblem(error);
      this.problem.set(problem.errors[0]?.detail ?? (problem.detail || problem.title));
    }
    this.reading.set(false);
  }
}
