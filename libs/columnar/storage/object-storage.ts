/** An object that a storage holds. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
}

/** There is no object of that name. */
export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError';
  readonly code = 'object-missing';
  readonly permanent = true;

  constructor(object: string, cause?: unknown) {
    super(`the storage holds no ${object}`, { cause });
  }
}

/** The storage cannot be reached now, or not fast enough. */
export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError';
  readonly code = 'storage-unavailable';
  readonly permanent = false;
}

/** The storage answers and refuses: a wrong key, a bucket that is not there, rights that are missing. */
export class StorageRefusedError extends Error {
  override readonly name = 'StorageRefusedError';
  readonly code = 'storage-refused';
  readonly permanent = true;
}

/**
 * Where columnar files lie: whole objects that never change, by names like `2026-11-24/0192….parquet`.
 *
 * Excluded: reading parts (readers have a local copy), overwriting, renaming, and what is known about a file beyond
 * its bytes (the catalog in Postgres knows it). Every call ends in a bounded time; beyond, and where the storage is
 * away, it is a `StorageUnavailableError`, and a `StorageRefusedError` where a person must act.
 */
export interface ObjectStorage {
  /**
   * Stores a file of this machine under a name that was not used before. When it resolves, the object is whole and
   * survives a crash of the machine that stores it; until then it may or may not be there, but never in part.
   */
  put(name: string, path: string, signal: AbortSignal): Promise<void>;
  /** Copies an object to a path of this machine. @throws ObjectMissingError */
  fetch(name: string, path: string, signal: AbortSignal): Promise<void>;
  /** Also for a name that is not there. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Everything whose name begins with the prefix, in the order of names. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject>;
  /**
   * Removes what crashes left of objects whose storing began before a time, in ms since 1970, and was not finished.
   *
   * @returns how many
   */
  removeUnfinished(before: number, signal: AbortSignal): Promise<number>;
  /** Resolves where objects can be read now. */
  probe(signal: AbortSignal): Promise<void>;
  /** Where a reader finds an object on this machine without a copy; null where it needs one. */
  pathOf(name: string): string | null;
}

const NAME = /^(?:[A-Za-z0-9_][\w.-]*\/)*[A-Za-z0-9_][\w.-]*$/;
const LONGEST = 512;

/** @throws TypeError for a name that no storage takes: parts of letters, digits, `.`, `_` and `-` between slashes */
export function checkObjectName(name: string): void {
  if (!isObjectName(name)) throw new TypeError(`${JSON.stringify(name)} is no name of an object`);
}

export function isObjectName(name: string): boolean {
  return NAME.test(name) && name.length <= LONGEST;
}
