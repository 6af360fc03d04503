import type { Pool, PoolClient } from 'pg';

/** The pool, but each statement on one of its connections goes through `around`. */
export function interceptQueries(
  pool: Pool,
  around: (query: () => Promise<unknown>, text: string) => Promise<unknown>,
): Pool {
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    const query = (config: { readonly text: string } | string): Promise<unknown> =>
      around(() => client.query(config), typeof config === 'string' ? config : config.text);
    return Object.assign(Object.create(client) as PoolClient, { query });
  };
  return Object.assign(Object.create(pool) as Pool, { connect });
}
