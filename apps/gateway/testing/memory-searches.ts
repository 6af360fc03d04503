import type {
  DeleteSearchOutcome,
  SavedSearch,
  SaveOutcome,
  SearchToSave,
  SearchUser,
} from '#store';

import type { KeptSearches } from '../searches/kept-searches.ts';
import { EIGHT_O_CLOCK } from './event-builder.ts';

/** Saved searches in memory, for tests. */
export class MemorySearches implements KeptSearches {
  readonly items: SavedSearch[] = [];
  /** More cannot be added. */
  most = 1_000;

  list({ id }: SearchUser): Promise<readonly SavedSearch[]> {
    return Promise.resolve(this.items.filter(({ owner, shared }) => shared || owner?.id === id));
  }

  add(search: SearchToSave, owner: SearchUser): Promise<SaveOutcome> {
    if (this.items.length >= this.most) return Promise.resolve({ kind: 'full' });
    const id = `00000000-0000-4000-8000-${String(this.items.length).padStart(12, '0')}`;
    const times = { createdAt: EIGHT_O_CLOCK, updatedAt: EIGHT_O_CLOCK };
    return this.put({
      ...search,
      ...times,
      id,
      shared: search.shared ?? true,
      owner: { id: owner.id, name: owner.name },
    });
  }

  replace(id: string, search: SearchToSave, user: SearchUser): Promise<SaveOutcome> {
    const known = this.changeable(id, user);
    if (typeof known === 'string') return Promise.resolve({ kind: known });
    return this.put({ ...known, ...search, shared: search.shared ?? known.shared });
  }

  delete(id: string, user: SearchUser): Promise<DeleteSearchOutcome> {
    const known = this.changeable(id, user);
    if (typeof known === 'string') return Promise.resolve(known);
    this.items.splice(this.items.indexOf(known), 1);
    return Promise.resolve('deleted');
  }

  private changeable(id: string, user: SearchUser): SavedSearch | 'absent' | 'not-owner' {
    const known = this.items.find((item) => item.id === id);
    if (known === undefined) return 'absent';
    if (known.owner?.id === user.id) return known;
    if (!known.shared) return 'absent';
    return user.isAdmin ? known : 'not-owner';
  }

  private put(search: SavedSearch): Promise<SaveOutcome> {
    const others = this.items.filter(({ id }) => id !== search.id);
    if (others.some(({ name, folder }) => name === search.name && folder === search.folder))
      return Promise.resolve({ kind: 'name-taken' });
    this.items.splice(0, this.items.length, ...others, search);
    return Promise.resolve({ kind: 'saved', search });
  }
}
