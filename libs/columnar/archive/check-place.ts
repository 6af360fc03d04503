import { stat } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import { StorageRefusedError, type ObjectStorage } from '../storage/object-storage.ts';

/** One or two may have been lost. */
const LOOKED_FOR = 3;

/**
 * A folder that is not the one of before, or not mounted, looks like an empty one: files that are put there are
 * files that nobody finds again. To be called before. A bucket says by itself that it is not there.
 *
 * @throws StorageRefusedError where the storage is a folder and has none of the newest files that the catalog names
 */
export async function checkPlace(client: PoolClient, storage: ObjectStorage): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM columnar_file WHERE segment_id IS NOT NULL ORDER BY max_ts DESC LIMIT ${LOOKED_FOR}`,
  );
  for (const { name } of rows) {
    const path = storage.pathOf(name);
    if (path === null || (await isThere(path))) return;
  }
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new StorageRefusedError(
    `COLUMNAR_FOLDER has none of the newest files that Postgres knows (${names}): it is another folder, or not mounted`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
