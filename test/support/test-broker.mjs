import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerProcess, findBroker } from './rabbitmq-server.mjs';

/**
 * One RabbitMQ for all suites of a test run. Suites run in processes of their own and most need none, so it is started
 * by the first that asks at PENSTOCK_TEST_BROKER, which answers with its URL. `close` stops it.
 */
export async function offerTestBroker() {
  if (findBroker() === null || process.env['RABBITMQ_URL'] !== undefined) return null;
  let started = null;
  const start = async () => {
    const folder =
      process.env['PENSTOCK_TEST_FOLDER'] ?? (await mkdtemp(join(tmpdir(), 'penstock-test-')));
    return await BrokerProcess.start({ folder: join(folder, 'rabbitmq') });
  };
  const desk = createServer((_request, response) => {
    started ??= start();
    started.then(
      ({ url }) => response.end(url),
      (error) => response.writeHead(500).end(String(error?.message)),
    );
  });
  await new Promise((resolve) => desk.listen(0, '127.0.0.1', resolve));
  desk.unref();
  process.env['PENSTOCK_TEST_BROKER'] = `http://127.0.0.1:${desk.address().port}`;
  return {
    async close() {
      desk.close();
      const broker = await started?.catch(() => null);
      await broker?.remove();
    },
  };
}
