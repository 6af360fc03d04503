import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is appended to. */
export interface AppendedFile {
  /** Writes all of the bytes at the end of what was written before; a rejection may leave some of them behind. */
  append(bytes: Buffer): Promise<void>;
  /** Cuts off what lies behind; the next append goes there. */
  truncate(length: number): Promise<void>;
  /** Resolves once everything that was written survives the loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the spool asks of its folder. Excluded: paths, descriptors, flags. */
export interface SpoolFolder {
  /** Names and sizes in bytes. */
  list(): Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** A new file; rejects where there is one of this name. */
  create(name: string): Promise<AppendedFile>;
  read(name: string): Promise<Buffer>;
  /** Cuts a file off at this length, durably. */
  truncate(name: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves once created, renamed and removed names survive the loss of power. */
  sync(): Promise<void>;
}

/** A folder of the file system, which is created where it is missing; only its owner may read what is in it. */
export async function openSpoolFolder(path: string): Promise<SpoolFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(path, name);
  return {
    list: async () => {
      const names = await readdir(path);
      return await Promise.all(
        names.map(async (name) => ({ name, bytes: (await stat(at(name))).size })),
      );
    },
    create: async (name) => appendedFile(await open(at(name), 'wx', 0o600)),
    read: (name) => readFile(at(name)),
    truncate: (name, length) =>
      withFile(at(name), 'r+', async (file) => {
        await file.truncate(length);
        await file.sync();
      }),
    rename: (from, to) => rename(at(from), at(to)),
    remove: (name) => unlink(at(name)),
    sync: () => withFile(path, 'r', (folder) => folder.sync()),
  };
}

function appendedFile(file: FileHandle): AppendedFile {
  let length = 0;
  return {
    append: async (bytes) => {
      let written = 0;
      while (written < bytes.length) {
        const rest = bytes.subarray(written);
        written += (await file.write(rest, 0, rest.length, length + written)).bytesWritten;
      }
      length += written;
    },
    truncate: async (to) => {
      await file.truncate(to);
      length = to;
    },
    sync: () => file.datasync(),
    close: () => file.close(),
  };
}

async function withFile(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
