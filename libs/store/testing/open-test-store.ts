import pg from 'pg';
import { Telemetry } from '#telemetry';
import { createTestDatabase } from '../../../test/support/database.ts';
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
  const database = await createTestDatabase();
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
