import { stat } from 'node:fs/promises';
import { FilesLateError, ObjectCorruptError } from '../cache/errors.ts';
import { Places, untilSettled } from '../cache/waiting.ts';
import type { StatementLimits } from '../duckdb/engine.ts';
import { errorCode } from '../files/error-code.ts';
import { sha256Of } from '../files/scratch.ts';
import { ObjectMissingError, type ObjectStorage } from '../storage/object-storage.ts';
import type { CatalogedObject, FileAccess, LeasedFiles } from './file-access.ts';
import { LruMap } from './lru-map.ts';

/** Files that are known to be whole. One of them takes some hundred bytes. */
const MOST_CHECKED = 80_000;
/** Files that are read for their checksums at once. */
const CHECKS = 2;

interface Checked {
  /** Of the file that was read. */
  readonly stamp: string;
  readonly whole: Promise<void>;
}

/** For a storage whose objects are files of this machine already. */
export function directAccess(storage: ObjectStorage): FileAccess {
  return new DirectAccess(storage);
}

/**
 * A disk may spoil what it holds, and neither DuckDB nor a probe of a filter notices each changed byte: the first
 * reader of a file in this process compares it with the checksum that the catalog knows, like the first one after a
 * change of the file. It takes about a second for 1 GiB.
 */
class DirectAccess implements FileAccess {
  private readonly storage: ObjectStorage;
  private readonly checked = new LruMap<string, Checked>(MOST_CHECKED);
  private readonly places = new Places(CHECKS);

  constructor(storage: ObjectStorage) {
    this.storage = storage;
  }

  async acquire(
    objects: readonly CatalogedObject[],
    { timeoutMs, signal }: StatementLimits,
  ): Promise<LeasedFiles> {
    const paths = Promise.all(objects.map((object) => this.wholePath(object)));
    if (!(await untilSettled(paths, timeoutMs, signal))) throw new FilesLateError();
    return { paths: await paths, release: () => undefined };
  }

  async recheck(objects: readonly CatalogedObject[], limits: StatementLimits): Promise<boolean> {
    for (const { name } of objects) this.checked.delete(name);
    await this.acquire(objects, limits);
    return false;
  }

  /** @throws ObjectMissingError, ObjectCorruptError */
  private async wholePath(object: CatalogedObject): Promise<string> {
    const { name } = object;
    const path = this.storage.pathOf(name);
    if (path === null) throw new TypeError('the storage has no files on this machine');
    const stamp = await stampOf(name, path);
    const known = this.checked.get(name);
    const current = known?.stamp === stamp ? known : this.check(object, path, stamp);
    await current.whole;
    return path;
  }

  private check({ name, sha256 }: CatalogedObject, path: string, stamp: string): Checked {
    const whole = this.places.run(async () => {
      if ((await sha256Of(path)) !== sha256) throw new ObjectCorruptError(name);
    });
    const checked = { stamp, whole };
    this.checked.set(name, checked);
    // It may be put right by the next reader's time.
    whole.catch(() => {
      if (this.checked.get(name) === checked) this.checked.delete(name);
    });
    return checked;
  }
}

async function stampOf(name: string, path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? new ObjectMissingError(name, error) : error;
  }
}
