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
}

export interface SavedSearch extends SearchToSave {
  readonly id: string;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly search: SavedSearch }
  /** The folder has another search of this name. */
  | { readonly kind: 'name-taken' }
  /** There are `MOST_SAVED_SEARCHES`. */
  | { readonly kind: 'full' }
  /** There is no search of this id. */
  | { readonly kind: 'absent' };

/** Two writers at the same moment may exceed it by one. */
export const MOST_SAVED_SEARCHES = 1_000;

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

  /** All of them, by folder and name. */
  async list(): Promise<readonly SavedSearch[]> {
    const rows = await answered(() =>
      this.searches.find({ order: { folder: 'ASC', name: 'ASC' }, take: 2 * MOST_SAVED_SEARCHES }),
    );
    return rows.map(toSearch);
  }

  async add(search: SearchToSave): Promise<SaveOutcome> {
    const now = this.now();
    const row = { ...toColumns(search), id: this.newId(), createdAt: now, updatedAt: now };
    return orNameTaken(async () => {
      if ((await this.searches.count()) >= MOST_SAVED_SEARCHES) return { kind: 'full' };
      await this.searches.insert(row);
      return { kind: 'saved', search: toSearch(row) };
    });
  }

  /** Puts another search in the place of one. */
  async replace(id: string, search: SearchToSave): Promise<SaveOutcome> {
    if (!UUID.test(id)) return { kind: 'absent' };
    return orNameTaken(async () => {
      const changes = { ...toColumns(search), updatedAt: this.now() };
      await this.searches.update({ id }, changes);
      const row = await this.searches.findOneBy({ id });
      return row === null ? { kind: 'absent' } : { kind: 'saved', search: toSearch(row) };
    });
  }

  /** False where there was no such search. */
  async delete(id: string): Promise<boolean> {
    if (!UUID.test(id)) return false;
    const result = await answered(() => this.searches.delete({ id }));
    return result.affected === 1;
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
  ...row
}: SavedSearchRow): SavedSearch {
  return {
    ...row,
    from: rangeFrom,
    to: rangeTo,
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
