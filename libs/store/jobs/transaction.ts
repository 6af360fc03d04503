import type { PoolClient } from 'pg';

/**
 * Runs the work in one transaction of the client; rolls back and rethrows on failure.
 *
 * @param isolation REPEATABLE READ where all statements are to read one snapshot
 */
export async function transaction<T>(
  client: PoolClient,
  work: () => Promise<T>,
  isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED',
): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
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
