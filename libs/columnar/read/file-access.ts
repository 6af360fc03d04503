import type { StatementLimits } from '../duckdb/engine.ts';
import { skipNameOf, type FileRecord } from '../files/file-record.ts';

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
   * @throws FilesLateError where the objects are not here, and checked, within the time: that goes on, for who asks again
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
