import { randomUUID } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { access, copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../files/error-code.ts';
import {
  checkObjectName,
  ObjectMissingError,
  type ObjectStorage,
  type StoredObject,
} from './object-storage.ts';

/** What a file that is being copied is called; names of objects do not begin with a point. */
const UNFINISHED = '.unfinished-';

/** Objects as files of a folder, on a disk of this machine or one that several machines mount. */
export class LocalFolder implements ObjectStorage {
  private readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Creates the folder where it is missing. Parts of paths that begin with a point are no objects. */
  static async open(root: string): Promise<LocalFolder> {
    await mkdir(root, { recursive: true });
    return new LocalFolder(root);
  }

  async put(name: string, path: string, signal: AbortSignal): Promise<void> {
    const target = this.place(name);
    const folder = dirname(target);
    signal.throwIfAborted();
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, `${UNFINISHED}${randomUUID()}`);
    try {
      await copyFile(path, unfinished, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await sync(unfinished);
      signal.throwIfAborted();
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    await sync(folder);
    // A folder that was just made is an entry of the one above.
    await sync(dirname(folder));
  }

  async fetch(name: string, path: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await copyFile(this.place(name), path);
    } catch (error) {
      throw isMissing(error) ? new ObjectMissingError(name, error) : error;
    }
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await rm(this.place(name), { force: true });
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<StoredObject> {
    const entries: Dirent[] = await readdir(this.root, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
      .filter((name) => name.startsWith(prefix) && !/(?:^|\/)\./.test(name))
      .sort();
    for (const name of names) {
      signal.throwIfAborted();
      yield { name, bytes: (await stat(join(this.root, name))).size };
    }
  }

  async removeUnfinished(before: number, signal: AbortSignal): Promise<number> {
    let removed = 0;
    for (const entry of await readdir(this.root, { recursive: true, withFileTypes: true })) {
      signal.throwIfAborted();
      if (!entry.isFile() || !entry.name.startsWith(UNFINISHED)) continue;
      if (await removeOlder(join(entry.parentPath, entry.name), before)) removed++;
    }
    return removed;
  }

  async probe(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await access(this.root, constants.R_OK | constants.X_OK);
  }

  pathOf(name: string): string {
    return this.place(name);
  }

  private place(name: string): string {
    checkObjectName(name);
    return join(this.root, name);
  }
}

async function removeOlder(path: string, before: number): Promise<boolean> {
  try {
    if ((await stat(path)).mtimeMs >= before) return false;
    await rm(path, { force: true });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
