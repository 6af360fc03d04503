import { NestFactory } from '@nestjs/core';
import { DeadLetterKeeper, DURABLE_GROUP_DEFAULTS, type BatchWriter } from '#delivery';
import {
  announceProcess,
  nestOptions,
  openProcessQueue,
  openProcessStore,
  serveOperations,
  type ProcessContext,
} from '#process';
import { LogBatchServer } from './transport/log-batch-server.ts';
import { BATCH_WRITER } from './writer-parts.ts';
import { WriterModule } from './writer.module.ts';

/** Shares of the 20 s that a shutdown may take: groups that are being committed, then the connections. */
const GROUPS_CLOSE_MS = 12_000;
const QUEUE_CLOSE_MS = 1_000;
const STORE_CLOSE_MS = 1_000;
const DEAD_LETTER_CLOSE_MS = 1_000;

/** The writer as a process of its own, a microservice over the queue. Any number of them share the load. */
export async function startWriter(context: ProcessContext<'writer'>): Promise<string> {
  const { settings, telemetry, health, steps, stopping } = context;
  const rabbitmq = health.add('rabbitmq', { required: true });
  const postgres = health.add('postgres', { required: false });
  const operations = await serveOperations(
    { telemetry, health },
    { port: settings.operationsPort, host: settings.httpHost, portSetting: 'OPERATIONS_PORT' },
  );
  steps.add('the operations server', 1_000, () => operations.close());
  const store = await openProcessStore({
    settings,
    postgres,
    telemetry,
    stopping,
    more: {
      partitionBy: settings.partitionBy,
      writeConnections: settings.writeConnections,
    },
  });
  steps.add('the store', STORE_CLOSE_MS * 2, () => store.close(STORE_CLOSE_MS));
  const queue = await openProcessQueue(context, {
    url: settings.rabbitmqUrl,
    use: 'consuming',
    rabbitmq,
    closeMs: QUEUE_CLOSE_MS,
  });
  const deadLetters = new DeadLetterKeeper({
    source: queue,
    quarantine: store.quarantine,
    telemetry,
  });
  steps.add('the dead letters', DEAD_LETTER_CLOSE_MS, () => deadLetters.close());
  const app = await NestFactory.createMicroservice(
    WriterModule.register({ store, telemetry, conflicts: store.quarantine }),
    nestOptions(telemetry, { strategy: new LogBatchServer(queue, DURABLE_GROUP_DEFAULTS) }),
  );
  const writer = app.get<BatchWriter>(BATCH_WRITER);
  announceProcess(context, {
    kind: 'writer',
    pool: store.healthPool,
    queue,
    writer: () => writer.figures,
  });
  steps.add('the groups', GROUPS_CLOSE_MS, () => app.close());
  health.watch(postgres, async () => {
    await store.writer.probe();
    if (writer.state === 'open')
      throw new Error('the last commit failed; batches are held until Postgres takes them again');
  });
  await app.listen();
  return operations.url;
}
