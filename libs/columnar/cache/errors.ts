/** The local copies cannot hold what a search needs at once. A person must act. */
export class CacheFullError extends Error {
  override readonly name = 'CacheFullError';
  readonly code = 'columnar-cache-full';
  readonly permanent = true;
}

/** The storage gives other bytes than were stored. A person must act: `penstock segments verify` says which objects. */
export class ObjectCorruptError extends Error {
  override readonly name = 'ObjectCorruptError';
  readonly code = 'object-corrupt';
  readonly permanent = true;

  constructor(object: string) {
    super(
      `the storage gives other bytes of ${object} than were stored; penstock segments verify tells which objects that holds for`,
    );
  }
}
