import type { ObjectStorage } from '../storage/object-storage.ts';

/** Objects as files of this machine, which stay where they are until they are released. */
export interface LeasedFiles {
  /** In the order of the names. */
  readonly paths: readonly string[];
  release(): void;
}

/** How readers come to the objects of a storage. */
export interface FileAccess {
  /** @throws ObjectMissingError */
  acquire(names: readonly string[], signal: AbortSignal): Promise<LeasedFiles>;
}

/** For a storage whose objects are files of this machine already. */
export function directAccess(storage: ObjectStorage): FileAccess {
  return {
    acquire: (names) => {
      const paths = names.map((name) => {
        const path = storage.pathOf(name);
        if (path === null) throw new TypeError('the storage has no files on this machine');
        return path;
      });
      return Promise.resolve({ paths, release: () => undefined });
    },
  };
}
