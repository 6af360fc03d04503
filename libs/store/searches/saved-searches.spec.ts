import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NOON } from '../testing/events.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import type { SavedSearch, SaveOutcome, SearchToSave } from './saved-searches.ts';

const SEARCH: SearchToSave = {
  name: 'Errors of today',
  folder: 'payments',
  query: 'level:error service:payments',
  from: '-24h',
  to: null,
  columns: ['service', 'metadata.region'],
};

describe('saved searches', () => {
  let db: TestStore;

  beforeAll(async () => {
    db = await openTestStore();
  }, 60_000);

  afterAll(() => db.close());

  const saved = (outcome: SaveOutcome): SavedSearch => {
    if (outcome.kind !== 'saved') throw new Error(outcome.kind);
    return outcome.search;
  };

  it('keep what they were given, a relative range as it was written', async () => {
    const { searches } = db.store;
    const search = saved(await searches.add(SEARCH));
    expect(search).toEqual({
      ...SEARCH,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: NOON,
      updatedAt: NOON,
    });
    expect(await searches.list()).toEqual([search]);
    expect(await searches.delete(search.id)).toBe(true);
    expect(await searches.delete(search.id)).toBe(false);
    expect(await searches.list()).toEqual([]);
  });

  it('have one name in each folder', async () => {
    const { searches } = db.store;
    const first = saved(await searches.add(SEARCH));
    expect(await searches.add(SEARCH)).toEqual({ kind: 'name-taken' });
    const other = saved(await searches.add({ ...SEARCH, folder: '' }));
    expect(await searches.replace(other.id, SEARCH)).toEqual({ kind: 'name-taken' });
    const changed = { ...SEARCH, folder: '', name: 'Changed', columns: null };
    expect(saved(await searches.replace(other.id, changed))).toMatchObject(changed);
    expect((await searches.list()).map(({ folder, name }) => [folder, name])).toEqual([
      ['', 'Changed'],
      ['payments', 'Errors of today'],
    ]);
    await searches.delete(first.id);
    await searches.delete(other.id);
  });

  it('are absent where there is none of the id', async () => {
    const { searches } = db.store;
    for (const id of ['x', '00000000-0000-4000-8000-000000000000']) {
      expect(await searches.replace(id, SEARCH)).toEqual({ kind: 'absent' });
      expect(await searches.delete(id)).toBe(false);
    }
  });

  it('are bounded in number', async () => {
    await db.query(
      `INSERT INTO saved_search (id, folder, name, query, created_at, updated_at)
       SELECT gen_random_uuid(), 'many', n::text, '', now(), now() FROM generate_series(1, 1000) n`,
    );
    expect(await db.store.searches.add(SEARCH)).toEqual({ kind: 'full' });
    await db.query('TRUNCATE saved_search');
  });
});
