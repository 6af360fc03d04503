import type { Pool, PoolClient } from 'pg';
import { asStoreError, transaction } from '#store';

/**
 * Work in one transaction on a connection of the pool.
 *
 * @throws StoreUnavailableError
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  let client: PoolClient | null = null;
  let broken = false;
  try {
    client = await pool.connect();
    const connected = client;
    return await transaction(connected, () => work(connected));
  } catch (error) {
    broken = true;
    throw asStoreError(error);
  } finally {
    client?.release(broken);
  }
}

/** A call of the store. @throws StoreUnavailableError */
export async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asStoreError(error);
  }
}
