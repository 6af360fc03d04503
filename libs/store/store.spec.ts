import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Telemetry } from '#telemetry';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { refusalOf } from './server-checks.ts';
import { openStore, type Store } from './store.ts';
import { until } from './testing/waiting.ts';

const telemetry = new Telemetry(() => undefined);

describe('openStore', () => {
  let database: TestDatabase;
  let stores: Store[];
  beforeEach(async () => {
    database = await createTestDatabase();
    stores = [];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  async function open(): Promise<Store> {
    const store = await openStore({ url: database.url, telemetry });
    stores.push(store);
    return store;
  }

  test('starts that happen at the same time migrate once', async () => {
    const [store] = await Promise.all([open(), open(), open(), open()]);
    const { rows } = await store.readPool.query<{ name: string }>('SELECT name FROM migrations');
    const names = rows.map(({ name }) => name);
    expect(names).toContain('Initial1764000000001');
    expect(names).toHaveLength(new Set(names).size);
    await open();
  });

  test('every connection speaks UTC and ISO, and none waits for ever', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c TimeZone=Asia/Tokyo -c work_mem=7MB');
    const store = await openStore({ url: url.href, telemetry });
    stores.push(store);
    const settings = [
      { name: 'DateStyle', setting: expect.stringMatching(/^ISO/) },
      { name: 'statement_timeout', setting: '60000' },
      { name: 'TimeZone', setting: 'UTC' },
      { name: 'work_mem', setting: '7168' },
    ];
    const sql = `SELECT name, setting FROM pg_settings
      WHERE name IN ('TimeZone', 'DateStyle', 'statement_timeout', 'work_mem') ORDER BY lower(name)`;
    expect((await store.readPool.query(sql)).rows).toEqual(settings);
    expect((await store.writePool.query(sql)).rows).toEqual(settings);
    expect(await store.dataSource.query(sql)).toEqual(settings);
  });

  test('closes in bounded time, and again', async () => {
    const store = await open();
    const watcher = new pg.Client({ connectionString: database.url });
    await watcher.connect();
    const stuck = store.readPool.query('SELECT pg_sleep(50)').catch((error: unknown) => error);
    await until(async () => {
      const { rows } = await watcher.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      );
      return rows.length === 1;
    });
    const started = Date.now();
    await store.close(50);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(await stuck).toBeInstanceOf(Error);
    await store.close();
    await watcher.end();
  });

  test('a server that cannot be reached is unavailable', async () => {
    const url = 'postgres://postgres@127.0.0.1:1/none';
    await expect(openStore({ url, telemetry })).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      code: 'ECONNREFUSED',
    });
  });

  test('refuses a database of another encoding with one sentence', async () => {
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const name = `${new URL(database.url).pathname.slice(1)}_latin`;
    await admin.query(
      `CREATE DATABASE ${name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'`,
    );
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    await expect(openStore({ url: url.href, telemetry })).rejects.toMatchObject({
      name: 'StoreRefusedError',
      code: 'encoding',
      message: expect.stringMatching(/^[^.]+LATIN1[^.]+\.$/),
    });
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });

  test('judges what a server says of itself', () => {
    const good = { version: '18.4', fsync: 'on', encoding: 'UTF8' };
    expect(refusalOf(good, false)).toBeNull();
    expect(refusalOf({ ...good, version: '15.0 (Debian 15.0-1)' }, false)).toBeNull();
    expect(refusalOf({ ...good, version: '14.11' }, true)?.code).toBe('server-too-old');
    expect(refusalOf({ ...good, version: '9.6' }, true)?.code).toBe('server-too-old');
    expect(refusalOf({ ...good, fsync: 'off' }, false)?.code).toBe('fsync-off');
    expect(refusalOf({ ...good, fsync: 'off' }, true)).toBeNull();
    expect(refusalOf({ ...good, encoding: 'SQL_ASCII' }, true)?.code).toBe('encoding');
  });
});
