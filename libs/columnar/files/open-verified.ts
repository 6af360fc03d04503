import { basename, join } from 'node:path';
import { ObjectCorruptError } from '../cache/errors.ts';
import { ObjectMissingError, type ObjectStorage } from '../storage/object-storage.ts';
import { errorCode } from './error-code.ts';
import { sha256Of } from './scratch.ts';

/**
 * A path of this machine under which an object has the bytes that the catalog knows: where it lies, or a copy in the
 * folder.
 *
 * @throws ObjectMissingError, ObjectCorruptError
 */
export async function openVerified(
  storage: ObjectStorage,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const direct = storage.pathOf(name);
  const path = direct ?? join(folder, basename(name));
  if (direct === null) await storage.fetch(name, path, signal);
  if ((await hashOf(name, path)) !== sha256) throw new ObjectCorruptError(name);
  return path;
}

async function hashOf(name: string, path: string): Promise<string> {
  try {
    return await sha256Of(path);
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? new ObjectMissingError(name, error) : error;
  }
}
