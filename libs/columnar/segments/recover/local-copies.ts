import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../files/error-code.ts';
import { ObjectMissingError, type ObjectStorage } from '../../storage/object-storage.ts';

/** Objects as files of this machine, each copied once. */
export class LocalCopies {
  private readonly copies = new Map<string, string>();
  private readonly storage: ObjectStorage;
  private readonly folder: string;
  private readonly signal: AbortSignal;

  constructor(storage: ObjectStorage, folder: string, signal: AbortSignal) {
    this.storage = storage;
    this.folder = folder;
    this.signal = signal;
  }

  /** @throws ObjectMissingError */
  async pathOf(name: string): Promise<string> {
    const direct = this.storage.pathOf(name);
    if (direct !== null) {
      await access(direct).catch((error: unknown) => {
        throw errorCode(error) === 'ENOENT' ? new ObjectMissingError(name, error) : error;
      });
      return direct;
    }
    const known = this.copies.get(name);
    if (known !== undefined) return known;
    const path = join(this.folder, name.replaceAll('/', '_'));
    await this.storage.fetch(name, path, this.signal);
    this.copies.set(name, path);
    return path;
  }

  async clear(): Promise<void> {
    for (const path of this.copies.values()) await rm(path, { force: true });
    this.copies.clear();
  }
}
