import pg from 'pg';

/** Creates the database where it is missing. `url` gives the address of a database by its name. */
export async function ensureDatabase(
  url: (database: string) => string,
  database: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
