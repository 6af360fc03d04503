import type { SavedSearch, SaveOutcome, SearchToSave } from '#store';

import type { KeptSearches } from '../searches/kept-searches.ts';
import { EIGHT_O_CLOCK } from './event-builder.ts';

/** Saved searches in memory, for tests. */
export class MemorySearches implements KeptSearches {
  readonly items: SavedSearch[] = [];
  /** More cannot be added. */
  most = 1_000;

  list(): Promise<readonly SavedSearch[]> {
    return Promise.resolve(this.items);
  }

  add(search: SearchToSave): Promise<SaveOutcome> {
    if (this.items.length >= this.most) return Promise.resolve({ kind: 'full' });
    const id = `00000000-0000-4000-8000-${String(this.items.length).padStart(12, '0')}`;
    return this.put({ ...search, id, createdAt: EIGHT_O_CLOCK, updatedAt: EIGHT_O_CLOCK });
  }

  replace(id: string, search: SearchToSave): Promise<SaveOutcome> {
    const known = this.items.find((item) => item.id === id);
    if (known === undefined) return Promise.resolve({ kind: 'absent' });
    return this.put({ ...known, ...search });
  }

  delete(id: string): Promise<boolean> {
    const at = this.items.findIndex((item) => item.id === id);
    if (at >= 0) this.items.splice(at, 1);
    return Promise.resolve(at >= 0);
  }

  private put(search: SavedSearch): Promise<SaveOutcome> {
    const others = this.items.filter(({ id }) => id !== search.id);
    if (others.some(({ name, folder }) => name === search.name && folder === search.folder))
      return Promise.resolve({ kind: 'name-taken' });
    this.items.splice(0, this.items.length, ...others, search);
    return Promise.resolve({ kind: 'saved', search });
  }
}
