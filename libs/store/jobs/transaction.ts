import type { PoolClient } from 'pg';

/** Runs the work in one transaction of the client; rolls back and rethrows on failure. */
export async function transaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is broken; what went wrong first says why.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
