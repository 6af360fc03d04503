import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { ObjectCorruptError } from '../cache/errors.ts';
import { decodeFile, FILE_RECORD_COLUMNS } from '../files/file-record.ts';
import { openVerified } from '../files/open-verified.ts';
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
  object: CatalogedObject,
  storage: ObjectStorage,
  scratch: string,
  signal: AbortSignal,
): Promise<'whole' | 'missing' | 'corrupt'> {
  try {
    await openVerified(storage, object, scratch, signal);
    return 'whole';
  } catch (error) {
    if (error instanceof ObjectMissingError) return 'missing';
    if (error instanceof ObjectCorruptError) return 'corrupt';
    throw error;
  } finally {
    if (storage.pathOf(object.name) === null) {
      await rm(join(scratch, basename(object.name)), { force: true });
    }
  }
}
