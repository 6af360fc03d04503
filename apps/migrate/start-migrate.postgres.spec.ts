import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { readSettings, settingsOf } from '#config';
import { DependencyHealth } from '#process';
import { Telemetry } from '#telemetry';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startMigrate } from './start-migrate.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

function migrate(url: string): Promise<string> {
  const environment = { DATABASE_URL: url, STORE_ALLOW_FSYNC_OFF: 'true', STARTUP_TIMEOUT: '10s' };
  const telemetry = new Telemetry(() => undefined);
  const settings = readSettings(settingsOf('migrate'), { environment });
  const health = new DependencyHealth(telemetry);
  return startMigrate({ settings, telemetry, health, stopping: new AbortController().signal });
}

it('makes the schema, and changes nothing the next time', async () => {
  await migrate(database.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const applied = () => client.query('SELECT name FROM migrations ORDER BY name');
    const first = (await applied()).rows;
    expect(first.length).toBeGreaterThan(0);
    await migrate(database.url);
    expect((await applied()).rows).toEqual(first);
  } finally {
    await client.end();
  }
});

it('fails with a sentence where the database does not exist', async () => {
  const url = new URL(database.url);
  url.pathname = '/no_such_database';
  await expect(migrate(url.href)).rejects.toThrow('check user, password and database');
});
