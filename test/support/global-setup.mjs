import { startTestServer } from './postgres-server.mjs';

/** Jest's global setup: one Postgres for all database tests, unless TEST_POSTGRES_URL names another. */
export default async function setup() {
  if (process.env['TEST_POSTGRES_URL'] !== undefined) return;
  const server = await startTestServer();
  process.env['TEST_POSTGRES_URL'] = server.url;
  globalThis.penstockTestServer = server;
}
