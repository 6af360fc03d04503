import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { QueryFailedError, type DataSource, type Repository } from 'typeorm';
import { MICROS_PER_MS, type Clock, type Micros } from '#event';
import { SavedSearchEntity, type SavedSearchRow } from '../entities/saved-search.ts';
import { asStoreError } from '../errors.ts';

/** What is kept of a search. */
export interface SearchToSave {
  readonly name: string;
  /** The empty text is no folder. */
  readonly folder: string;
  readonly query: string;
  /** RFC 3339 or relative, kept as it is written; null is open. */
  readonly from: string | null;
  readonly to: string | null;
  /** Null: those that rows have by themselves. */
  readonly columns: readonly string[] | null;
  /** Whether others see it; null: as it is, and when it is new they do. */
  readonly shared: boolean | null;
}

export interface SavedSearch extends Omit<SearchToSave, 'shared'> {
  readonly id: string;
  readonly shared: boolean;
  /** Null for those from before there were users. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

/** Who looks at searches or changes them. */
export interface SearchUser {
  readonly id: string;
  readonly name: string;
  /** Changes also the shared ones of others. */
  readonly isAdmin: boolean;
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly search: SavedSearch }
  /** The folder has another search of this name that the owner sees. */
  | { readonly kind: 'name-taken' }
  /** The user has `MOST_SAVED_SEARCHES`. */
  | { readonly kind: 'full' }
  /** There is no search of this id that the user sees. */
  | { readonly kind: 'absent' }
  /** It is somebody else's. */
  | { readonly kind: 'not-owner' };

export type DeleteSearchOutcome = 'deleted' | 'absent' | 'not-owner';

/** Of one user. Two writers at the same moment may exceed it by one. */
export const MOST_SAVED_SEARCHES = 1_000;

/** Of one list: what others share is bounded too. */
const MOST_LISTED = 5 * MOST_SAVED_SEARCHES;

const UNIQUE_VIOLATION = '23505';

/** Searches that people keep under a name. Every call throws StoreUnavailableError while Postgres is away. */
export class SavedSearches {
  private readonly searches: Repository<SavedSearchRow>;
  private readonly clock: Clock;
  private readonly newId: () => string;

  constructor(dataSource: DataSource, clock: Clock, newId: () => string = randomUUID) {
    this.searches = dataSource.getRepository(SavedSearchEntity);
    this.clock = clock;
    this.newId = newId;
  }

  /** Those of the user and the shared ones, by folder and name. */
  async list({ id }: SearchUser): Promise<readonly SavedSearch[]> {
    const rows = await answered(() =>
      this.searches.find({
        where: [{ ownerId: id }, { shared: true }],
        order: { folder: 'ASC', name: 'ASC', id: 'ASC' },
        take: MOST_LISTED,
      }),
    );
    return rows.map(toSearch);
  }

  async add(search: SearchToSave, user: SearchUser): Promise<SaveOutcome> {
    const now = this.now();
    const row = {
      ...toColumns(search),
      shared: search.shared ?? true,
      id: this.newId(),
      ownerId: user.id,
      ownerName: user.name,
      createdAt: now,
      updatedAt: now,
    };
    return orNameTaken(async () => {
      if ((await this.searches.countBy({ ownerId: user.id })) >= MOST_SAVED_SEARCHES)
        return { kind: 'full' };
      await this.searches.insert(row);
      return { kind: 'saved', search: toSearch(row) };
    });
  }

  /** Puts another search in the place of one, whose owner stays. */
  async replace(id: string, search: SearchToSave, user: SearchUser): Promise<SaveOutcome> {
    return orNameTaken(async () => {
      const known = await this.changeable(id, user);
      if (typeof known === 'string') return { kind: known };
      const shared = search.shared ?? known.shared;
      const changes = { ...toColumns(search), shared, updatedAt: this.now() };
      // Whoever took it away meanwhile, or made it private, was first.
      const { affected } = await this.searches.update({ id, shared: known.shared }, changes);
      if (affected !== 1) return { kind: 'absent' };
      return { kind: 'saved', search: toSearch({ ...known, ...changes }) };
    });
  }

  async delete(id: string, user: SearchUser): Promise<DeleteSearchOutcome> {
    return answered(async () => {
      const known = await this.changeable(id, user);
      if (typeof known === 'string') return known;
      const { affected } = await this.searches.delete({ id, shared: known.shared });
      return affected === 1 ? 'deleted' : 'absent';
    });
  }

  /** A search that the user may change, or why not. The private ones of others do not exist, for admins either. */
  private async changeable(
    id: string,
    user: SearchUser,
  ): Promise<SavedSearchRow | 'absent' | 'not-owner'> {
    const row = UUID.test(id) ? await this.searches.findOneBy({ id }) : null;
    if (row === null) return 'absent';
    if (row.ownerId === user.id) return row;
    if (!row.shared) return 'absent';
    return user.isAdmin ? row : 'not-owner';
  }

  private now(): Date {
    return new Date(this.clock() / MICROS_PER_MS);
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function toColumns({ name, folder, query, from, to, columns }: SearchToSave) {
  return {
    name,
    folder,
    query,
    rangeFrom: from,
    rangeTo: to,
    columns: columns === null ? null : [...columns],
  };
}

function toSearch({
  rangeFrom,
  rangeTo,
  createdAt,
  updatedAt,
  ownerId,
  ownerName,
  ...row
}: SavedSearchRow): SavedSearch {
  return {
    ...row,
    from: rangeFrom,
    to: rangeTo,
    owner: ownerId === null ? null : { id: ownerId, name: ownerName ?? ownerId },
    createdAt: createdAt.getTime() * MICROS_PER_MS,
    updatedAt: updatedAt.getTime() * MICROS_PER_MS,
  };
}

async function orNameTaken(save: () => Promise<SaveOutcome>): Promise<SaveOutcome> {
  try {
    return await save();
  } catch (error) {
    if (isUniqueViolation(error)) return { kind: 'name-taken' };
    throw asStoreError(error);
  }
}

function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION;
}

async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asStoreError(error);
  }
}
