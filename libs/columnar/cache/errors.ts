import { StatementTimeoutError } from '#store';

/** Files are not here, or not checked, within the time of a statement. That goes on: who asks again finds more. */
export class FilesLateError extends StatementTimeoutError {
  readonly code = 'columnar-files-late';

  constructor() {
    super('columnar files did not come within the time limit');
  }
}

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
