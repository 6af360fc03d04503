import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { policyForPage } from './security-headers.ts';

/** The built page: which files there are, and its index. */
export interface PageFiles {
  /** Paths below the folder, with `/`, without the index. Nothing else is ever served. */
  readonly files: ReadonlySet<string>;
  readonly index: Buffer;
  readonly indexPolicy: string;
}

/** Null where the page is not built. */
export async function readPageFiles(folder: string): Promise<PageFiles | null> {
  try {
    const index = await readFile(join(folder, 'index.html'));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => path !== 'index.html');
    return { files: new Set(files), index, indexPolicy: policyForPage(index.toString('utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** True for a file whose name changes with its content: Angular adds a hash of eight letters and digits. */
export function isHashed(path: string): boolean {
  return /-[A-Z0-9]{8}\.[a-z0-9.]+$/.test(path);
}
