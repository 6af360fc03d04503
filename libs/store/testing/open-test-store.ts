import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Telemetry } from '#telemetry';
import type { StoreSettings } from '../settings.ts';
import { openStore, type Store } from '../store.ts';
import { NOON } from './events.ts';

export interface TestStore {
  readonly url: string;
  readonly store: Store;
  /** A connection of its own, for looking and for disturbing. */
  readonly client: pg.Client;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A store on an empty database; its clock stands at `NOON`. */
export async function openTestStore(settings: Partial<StoreSettings> = {}): Promise<TestStore> {
  const database = await createDatabase();
  const store = await openStore({
    url: database.url,
    telemetry: new Telemetry(() => undefined),
    clock: () => NOON,
    ...settings,
  });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return {
    url: database.url,
    store,
    client,
    query: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    close: async () => {
      await client.end();
      await store.close();
      await database.drop();
    },
  };
}

/** Imports go only downwards, so a library's fixture cannot use the one of the end-to-end suites. */
async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (server === undefined)
    throw new Error('TEST_POSTGRES_URL is not set: run the tests by npm test');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
