import type { AppendedFile, SpoolFolder } from '../spool-folder.ts';

interface VolatileFile {
  content: Buffer;
  /** Length that a sync has made durable. */
  synced: number;
}

/**
 * A folder in memory that loses what no sync has made durable: a name, or bytes at the end of a file, of which some
 * may have reached the disk, whole or as garbage.
 */
export class VolatileFolder implements SpoolFolder {
  private names = new Map<string, VolatileFile>();
  private syncedNames = new Map<string, VolatileFile>();

  /** What is found after the power is back. */
  losePower(random: () => number): VolatileFolder {
    const found = new VolatileFolder();
    // Names may be durable without a sync, too.
    const survivors = random() < 0.5 ? this.syncedNames : this.names;
    for (const [name, file] of survivors) {
      const content = afterPowerLoss(file, random);
      const survivor = { content, synced: content.length };
      found.names.set(name, survivor);
      found.syncedNames.set(name, survivor);
    }
    return found;
  }

  list(): Promise<{ name: string; bytes: number }[]> {
    return Promise.resolve(
      [...this.names].map(([name, { content }]) => ({ name, bytes: content.length })),
    );
  }

  create(name: string): Promise<AppendedFile> {
    if (this.names.has(name)) return Promise.reject(new Error(`${name} exists`));
    const file: VolatileFile = { content: Buffer.alloc(0), synced: 0 };
    this.names.set(name, file);
    return Promise.resolve({
      append: async (bytes) => {
        await turn();
        file.content = Buffer.concat([file.content, bytes]);
      },
      truncate: (length) => {
        file.content = file.content.subarray(0, length);
        return Promise.resolve();
      },
      sync: async () => {
        const { length } = file.content;
        await turn();
        file.synced = length;
      },
      close: () => Promise.resolve(),
    });
  }

  read(name: string): Promise<Buffer> {
    return Promise.resolve(this.file(name).content);
  }

  truncate(name: string, length: number): Promise<void> {
    const file = this.file(name);
    file.content = file.content.subarray(0, length);
    file.synced = length;
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    this.names.set(to, this.file(from));
    this.names.delete(from);
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.names.delete(name);
    return Promise.resolve();
  }

  async sync(): Promise<void> {
    const names = new Map(this.names);
    await turn();
    this.syncedNames = names;
  }

  private file(name: string): VolatileFile {
    const file = this.names.get(name);
    if (file === undefined) throw new Error(`there is no ${name}`);
    return file;
  }
}

function afterPowerLoss({ content, synced }: VolatileFile, random: () => number): Buffer {
  const survived = synced + Math.floor(random() * (content.length - synced + 1));
  const found = Buffer.from(content.subarray(0, survived));
  const damage = random();
  if (damage < 0.3) found.fill(0, synced);
  else if (damage < 0.6 && survived > synced) {
    const at = synced + Math.floor(random() * (survived - synced));
    found[at] = (found[at] ?? 0) ^ 0x40;
  }
  return found;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
