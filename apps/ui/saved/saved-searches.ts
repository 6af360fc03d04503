import { Injectable, inject, signal } from '@angular/core';
import { Session } from '../access/session.ts';
import { isAbort, toProblem, type ApiProblem } from '../api/problem.ts';
import { visibleText } from '../results/visible-text.ts';
import { SavedSearchApi, type SavedSearch, type SearchToSave } from '../api/saved-search-api.ts';

/** Searches of one folder. */
export interface Folder {
  readonly name: string;
  readonly searches: readonly SavedSearch[];
}

/** The saved searches, as the gateway has them since they were last read. */
@Injectable({ providedIn: 'root' })
export class SavedSearches {
  readonly #api = inject(SavedSearchApi);
  readonly #session = inject(Session);
  #reading: AbortController | null = null;

  /** Null until they were read. */
  readonly list = signal<readonly SavedSearch[] | null>(null);
  readonly problem = signal<ApiProblem | null>(null);

  async read(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    try {
      this.list.set(await this.#api.list(reading.signal));
      this.problem.set(null);
    } catch (error) {
      if (!isAbort(error)) this.problem.set(toProblem(error));
    }
  }

  /** One's own search that one of this name takes the place of. */
  replacedBy(name: string, folder: string): SavedSearch | undefined {
    const me = this.#session.controlled() ? this.#session.identity()?.name : null;
    return this.list()?.find(
      (search) =>
        search.name === name &&
        search.folder === folder &&
        (me === null || search.owner === me) &&
        search.editable,
    );
  }

  /** In the place of one's own of this name, where there is one. The problem, or null. */
  async save(search: SearchToSave): Promise<ApiProblem | null> {
    const same = this.replacedBy(search.name, search.folder);
    try {
      await (same === undefined ? this.#api.add(search) : this.#api.replace(same.id, search));
    } catch (error) {
      return toProblem(error);
    }
    await this.read();
    return null;
  }

  /** Whose it is, and that nobody else sees it; null where that goes without saying. */
  audience({ owner, shared }: SavedSearch): string | null {
    if (!this.#session.controlled()) return null;
    if (!shared) return $localize`only me`;
    if (owner === null) return null;
    return owner === this.#session.identity()?.name ? $localize`shared` : visibleText(owner);
  }

  async delete(search: SavedSearch): Promise<void> {
    try {
      await this.#api.delete(search.id);
    } catch (error) {
      this.problem.set(toProblem(error));
      return;
    }
    await this.read();
  }
}

/** In the order of the gateway: those without a folder first. */
export function foldersOf(searches: readonly SavedSearch[]): readonly Folder[] {
  const folders = Map.groupBy(searches, ({ folder }) => folder);
  return [...folders].map(([name, inside]) => ({ name, searches: inside }));
}

/** The parameters of the URL that run a search. */
export function parametersOf({
  q,
  from,
  to,
  columns,
}: SearchToSave): Record<string, string | null> {
  return { q: q || null, from, to, cols: columns?.join(',') ?? null };
}
