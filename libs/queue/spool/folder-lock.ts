import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK_NAME = 'lock';
const SQLITE_BUSY = 5;

/** Another process uses the folder. Permanent: it must end first, or another folder be chosen. */
export class SpoolInUseError extends Error {
  override readonly name = 'SpoolInUseError';
  readonly code = 'spool-in-use';
  readonly permanent = true;

  constructor(path: string) {
    super(`the spool folder ${path} is in use by another process; every ingest needs its own`);
  }
}

/**
 * One process per folder. The lock is SQLite's on an empty file: the kernel drops it with the process, however that
 * ends, so it is never stale. Returns its release, which may be called again.
 *
 * @throws SpoolInUseError
 */
export function lockSpoolFolder(path: string): () => void {
  const file = join(path, LOCK_NAME);
  const database = new DatabaseSync(file);
  try {
    chmodSync(file, 0o600);
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? new SpoolInUseError(path) : error;
  }
  return () => {
    if (database.isOpen) database.close();
  };
}

function isBusy(error: unknown): boolean {
  return (error as { readonly errcode?: number }).errcode === SQLITE_BUSY;
}
