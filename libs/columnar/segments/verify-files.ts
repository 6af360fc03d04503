import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { errorCode } from '../files/error-code.ts';
import { decodeFile, FILE_RECORD_COLUMNS } from '../files/file-record.ts';
import { sha256Of } from '../files/scratch.ts';
import { fileObject, skipObject, type CatalogedObject } from '../read/file-access.ts';
import { ObjectMissingError, type ObjectStorage } from '../storage/object-storage.ts';
import { lookAround } from './recover/look-around.ts';
import type { ListedRange } from './segment-list.ts';

/** How an object is in the storage; `unknown`: the catalog says nothing of it. */
export interface VerifiedObject {
  readonly name: string;
  readonly state: 'whole' | 'missing' | 'corrupt' | 'unknown';
}

/**
 * Reads all objects that count and touch a range from the storage, and compares their checksums. Without a range, it
 * also names what the catalog does not know.
 */
export async function* verifyFiles(
  client: PoolClient,
  storage: ObjectStorage,
  { from, to }: ListedRange,
  scratch: string,
  signal: AbortSignal,
): AsyncGenerator<VerifiedObject> {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${FILE_RECORD_COLUMNS} FROM columnar_file
      WHERE segment_id IS NOT NULL AND max_ts >= coalesce($1::timestamptz, '-infinity')
        AND min_ts < coalesce($2::timestamptz, 'infinity')
      ORDER BY min_ts, name`,
    values: [
      from === null ? null : formatTimestamp(from),
      to === null ? null : formatTimestamp(to),
    ],
    rowMode: 'array',
  });
  for (const file of rows.map(decodeFile)) {
    for (const object of [fileObject(file), skipObject(file)]) {
      yield { name: object.name, state: await stateOf(object, storage, scratch, signal) };
    }
  }
  if (from !== null || to !== null) return;
  const { strangers } = await lookAround(client, storage, signal);
  for (const name of strangers) yield { name, state: 'unknown' };
}

async function stateOf(
  { name, sha256 }: CatalogedObject,
  storage: ObjectStorage,
  scratch: string,
  signal: AbortSignal,
): Promise<'whole' | 'missing' | 'corrupt'> {
  const copy = join(scratch, 'verified');
  try {
    const direct = storage.pathOf(name);
    if (direct === null) await storage.fetch(name, copy, signal);
    return (await sha256Of(direct ?? copy)) === sha256 ? 'whole' : 'corrupt';
  } catch (error) {
    if (error instanceof ObjectMissingError || errorCode(error) === 'ENOENT') return 'missing';
    throw error;
  } finally {
    await rm(copy, { force: true });
  }
}
