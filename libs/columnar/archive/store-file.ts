import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { skipNameOf } from '../files/file-record.ts';
import { sha256Of } from '../files/scratch.ts';
import type { WrittenFile } from '../files/write-file.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';

/** What was made does not hold what it was made from. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code = 'columnar-verification';
  readonly permanent = false;
}

interface Place {
  readonly storage: ObjectStorage;
}

/**
 * Moves a file and its skip file into the storage, and reads them back from there.
 *
 * @throws VerificationError where other bytes come back
 */
export async function storeFile(
  { storage }: Place,
  name: string,
  { path, skipPath, record }: WrittenFile,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const objects = [
    { name, path, sha256: record.sha256 },
    { name: skipNameOf(name), path: skipPath, sha256: record.skipSha256 },
  ];
  const copy = join(folder, 'fetched');
  for (const object of objects) {
    await storage.put(object.name, object.path, signal);
    const readable = storage.pathOf(object.name);
    if (readable === null) await storage.fetch(object.name, copy, signal);
    if ((await sha256Of(readable ?? copy)) !== object.sha256) {
      throw new VerificationError(`the storage gives back other bytes of ${object.name}`);
    }
    await rm(object.path);
  }
  await rm(copy, { force: true });
}
