import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import type {
  SavedSearch,
  SavedSearches,
  SaveOutcome,
  SearchToSave,
  SearchUser,
} from './saved-searches.ts';

const SEARCH: SearchToSave = {
  name: 'Errors of today',
  folder: 'payments',
  query: 'level:error service:payments',
  from: '-24h',
  to: null,
  columns: ['service', 'metadata.region'],
  shared: null,
};
const ADA: SearchUser = { id: 'ada-id', name: 'ada', isAdmin: false };
const BOB: SearchUser = { id: 'bob-id', name: 'bob', isAdmin: false };
const ROOT: SearchUser = { id: 'root-id', name: 'root', isAdmin: true };

describe('saved searches', () => {
  let db: TestStore;
  let searches: SavedSearches;

  beforeAll(async () => {
    db = await openTestStore();
    ({ searches } = db.store);
  }, 60_000);

  beforeEach(() => db.query('TRUNCATE saved_search'));

  afterAll(() => db.close());

  const saved = (outcome: SaveOutcome): SavedSearch => {
    if (outcome.kind !== 'saved') throw new Error(outcome.kind);
    return outcome.search;
  };

  it('keep what they were given, a relative range as it was written', async () => {
    const search = saved(await searches.add(SEARCH, ADA));
    expect(search).toEqual({
      ...SEARCH,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      shared: true,
      owner: { id: 'ada-id', name: 'ada' },
      createdAt: NOON,
      updatedAt: NOON,
    });
    expect(await searches.list(ADA)).toEqual([search]);
    expect(await searches.delete(search.id, ADA)).toBe('deleted');
    expect(await searches.delete(search.id, ADA)).toBe('absent');
    expect(await searches.list(ADA)).toEqual([]);
  });

  it('have one name in each folder', async () => {
    saved(await searches.add(SEARCH, ADA));
    expect(await searches.add(SEARCH, BOB)).toEqual({ kind: 'name-taken' });
    const other = saved(await searches.add({ ...SEARCH, folder: '' }, ADA));
    expect(await searches.replace(other.id, SEARCH, ADA)).toEqual({ kind: 'name-taken' });
    const changed = { ...SEARCH, folder: '', name: 'Changed', columns: null, shared: true };
    expect(saved(await searches.replace(other.id, changed, ADA))).toMatchObject(changed);
    expect((await searches.list(BOB)).map(({ folder, name }) => [folder, name])).toEqual([
      ['', 'Changed'],
      ['payments', 'Errors of today'],
    ]);
  });

  it('are seen by their owner alone while they are private, whose names do not meet', async () => {
    const PRIVATE = { ...SEARCH, shared: false };
    const mine = saved(await searches.add(PRIVATE, ADA));
    expect(await searches.add(PRIVATE, ADA)).toEqual({ kind: 'name-taken' });
    saved(await searches.add(PRIVATE, BOB));
    expect(await searches.list(ADA)).toEqual([mine]);
    for (const user of [BOB, ROOT]) {
      expect((await searches.list(user)).map(({ id }) => id)).not.toContain(mine.id);
      expect(await searches.replace(mine.id, SEARCH, user)).toEqual({ kind: 'absent' });
      expect(await searches.delete(mine.id, user)).toBe('absent');
    }
  });

  it('stay private or shared by a change that does not say', async () => {
    const mine = saved(await searches.add({ ...SEARCH, shared: false }, ADA));
    expect(saved(await searches.replace(mine.id, { ...SEARCH, query: 'x' }, ADA)).shared).toBe(
      false,
    );
    const shared = { ...SEARCH, shared: true };
    expect(saved(await searches.replace(mine.id, shared, ADA)).shared).toBe(true);
    expect(await searches.list(BOB)).toHaveLength(1);
  });

  it('are changed by their owner and by admins, who do not become the owner', async () => {
    const { id } = saved(await searches.add(SEARCH, ADA));
    expect(await searches.replace(id, SEARCH, BOB)).toEqual({ kind: 'not-owner' });
    expect(await searches.delete(id, BOB)).toBe('not-owner');
    const changed = saved(await searches.replace(id, { ...SEARCH, name: 'Better' }, ROOT));
    expect(changed).toMatchObject({ name: 'Better', owner: { name: 'ada' } });
    expect(await searches.delete(id, ROOT)).toBe('deleted');
  });

  it('of nobody, from before there were users, are the admins’ to change', async () => {
    await db.query(
      `INSERT INTO saved_search (id, folder, name, query, created_at, updated_at)
       VALUES (gen_random_uuid(), '', 'old', '', now(), now())`,
    );
    const [old] = await searches.list(ADA);
    expect(old).toMatchObject({ owner: null, shared: true });
    expect(await searches.delete(old!.id, ADA)).toBe('not-owner');
    expect(await searches.delete(old!.id, ROOT)).toBe('deleted');
  });

  it('are absent where there is none of the id', async () => {
    for (const id of ['x', '00000000-0000-4000-8000-000000000000']) {
      expect(await searches.replace(id, SEARCH, ADA)).toEqual({ kind: 'absent' });
      expect(await searches.delete(id, ADA)).toBe('absent');
    }
  });

  it('are bounded in number, for each user', async () => {
    await db.query(
      `INSERT INTO saved_search (id, folder, name, query, created_at, updated_at, owner_id)
       SELECT gen_random_uuid(), 'many', n::text, '', now(), now(), 'ada-id' FROM generate_series(1, 1000) n`,
    );
    expect(await searches.add(SEARCH, ADA)).toEqual({ kind: 'full' });
    saved(await searches.add(SEARCH, BOB));
  });
});
