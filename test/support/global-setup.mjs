import { startTestServer } from './postgres-server.mjs';
import { offerTestBroker } from './test-broker.mjs';
import { offerTestCluster } from './test-cluster.mjs';

/**
 * Jest's global setup: one Postgres for all database tests, unless TEST_POSTGRES_URL names another; one RabbitMQ for
 * all tests of the queue, unless RABBITMQ_URL names another; one Kubernetes. The last two are started when the first
 * suite asks for them.
 */
export default async function setup() {
  globalThis.penstockTestBroker = await offerTestBroker();
  globalThis.penstockTestCluster = await offerTestCluster();
  if (process.env['TEST_POSTGRES_URL'] !== undefined) return;
  const server = await startTestServer();
  process.env['TEST_POSTGRES_URL'] = server.url;
  globalThis.penstockTestServer = server;
}
