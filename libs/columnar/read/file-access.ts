import { access } from 'node:fs/promises';
import { ObjectCorruptError } from '../cache/errors.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import { skipNameOf, type FileRecord } from '../files/file-record.ts';
import { errorCode } from '../files/error-code.ts';
import { sha256Of } from '../files/scratch.ts';
import { ObjectMissingError, type ObjectStorage } from '../storage/object-storage.ts';

/** An object as the catalog knows it. */
export interface CatalogedObject {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export function fileObject({ name, bytes, sha256 }: FileRecord): CatalogedObject {
  return { name, bytes, sha256 };
}

export function skipObject({ name, skipBytes, skipSha256 }: FileRecord): CatalogedObject {
  return { name: skipNameOf(name), bytes: skipBytes, sha256: skipSha256 };
}

/** Objects as files of this machine, which stay where they are until they are released. */
export interface LeasedFiles {
  /** In the order of the objects. */
  readonly paths: readonly string[];
  release(): void;
}

/** How readers come to the objects of a storage. */
export interface FileAccess {
  /**
   * @throws StatementTimeoutError where the objects are not here within the time
   * @throws ObjectMissingError and the other errors of the storage
   */
  acquire(objects: readonly CatalogedObject[], limits: StatementLimits): Promise<LeasedFiles>;
  /**
   * Compares files of this machine with their checksums, for a reader that cannot read one.
   *
   * @returns whether one was spoilt and is whole again
   * @throws ObjectCorruptError and the other errors of the storage where that cannot be
   */
  recheck(objects: readonly CatalogedObject[], limits: StatementLimits): Promise<boolean>;
}

/** For a storage whose objects are files of this machine already. */
export function directAccess(storage: ObjectStorage): FileAccess {
  return {
    async acquire(objects) {
      const paths = await Promise.all(objects.map(({ name }) => pathOf(storage, name)));
      return { paths, release: () => undefined };
    },
    async recheck(objects) {
      for (const { name, sha256 } of objects) {
        if ((await sha256Of(await pathOf(storage, name))) !== sha256)
          throw new ObjectCorruptError(name);
      }
      return false;
    },
  };
}

async function pathOf(storage: ObjectStorage, name: string): Promise<string> {
  const path = storage.pathOf(name);
  if (path === null) throw new TypeError('the storage has no files on this machine');
  await access(path).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? new ObjectMissingError(name, error) : error;
  });
  return path;
}
