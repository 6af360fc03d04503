import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
// Node strips the types: Jest loads this file natively, before its own transforms.
import { startEmbeddedPostgres } from '../../apps/standalone/postgres/embedded-postgres.ts';

/**
 * A Postgres for one test run, with fsync as in production, in a folder that goes with it.
 * PENSTOCK_TEST_FOLDER names the folder to use, so that the test runner can clean up behind a killed Jest.
 */
export async function startTestServer() {
  const folder =
    process.env['PENSTOCK_TEST_FOLDER'] ?? (await mkdtemp(join(tmpdir(), 'penstock-test-')));
  const server = await startEmbeddedPostgres({
    dataFolder: join(folder, 'server'),
    database: 'postgres',
    memoryBytes: 2 * 1024 ** 3,
    fsync: true,
    tcpPort: await freePort(),
    report: () => undefined,
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
