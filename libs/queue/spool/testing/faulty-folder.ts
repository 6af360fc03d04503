import type { AppendedFile, SpoolFolder } from '../spool-folder.ts';

export type FolderCall =
  'create' | 'append' | 'syncFile' | 'truncate' | 'read' | 'remove' | 'syncFolder';

/** A folder whose calls fail when they are told to. */
export class FaultyFolder implements SpoolFolder {
  private readonly inner: SpoolFolder;
  private readonly faults = new Map<FolderCall, { readonly code: string; left: number }>();

  constructor(inner: SpoolFolder) {
    this.inner = inner;
  }

  /** The next calls of this kind fail, one unless told otherwise. */
  fail(call: FolderCall, code: string, times = 1): void {
    this.faults.set(call, { code, left: times });
  }

  list(): ReturnType<SpoolFolder['list']> {
    return this.inner.list();
  }

  async create(name: string): Promise<AppendedFile> {
    this.check('create');
    const file = await this.inner.create(name);
    return {
      append: async (bytes) => {
        // What fits reaches the disk before the failure.
        if (this.isToFail('append')) await file.append(bytes.subarray(0, bytes.length - 7));
        this.check('append');
        await file.append(bytes);
      },
      truncate: async (length) => {
        this.check('truncate');
        await file.truncate(length);
      },
      sync: async () => {
        this.check('syncFile');
        await file.sync();
      },
      close: () => file.close(),
    };
  }

  async read(name: string): Promise<Buffer> {
    await Promise.resolve();
    this.check('read');
    return await this.inner.read(name);
  }

  truncate(name: string, length: number): Promise<void> {
    return this.inner.truncate(name, length);
  }

  rename(from: string, to: string): Promise<void> {
    return this.inner.rename(from, to);
  }

  async remove(name: string): Promise<void> {
    await Promise.resolve();
    this.check('remove');
    await this.inner.remove(name);
  }

  async sync(): Promise<void> {
    await Promise.resolve();
    this.check('syncFolder');
    await this.inner.sync();
  }

  private isToFail(call: FolderCall): boolean {
    return (this.faults.get(call)?.left ?? 0) > 0;
  }

  private check(call: FolderCall): void {
    const fault = this.faults.get(call);
    if (fault === undefined || fault.left === 0) return;
    fault.left--;
    throw Object.assign(new Error(`${fault.code}: ${call}`), { code: fault.code });
  }
}
