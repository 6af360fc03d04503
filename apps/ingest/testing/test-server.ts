import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OPEN_TO_ALL, type Senders } from '#access';
import { BatchWriter, type BatchLedger, type BatchStore } from '#delivery';
import { SERVER_OPTIONS } from '#process';
import { InProcessQueue, type InProcessQueueSettings } from '#queue';
import { Telemetry } from '#telemetry';
import { consumeWith } from '../../../libs/delivery/testing/consume-with.ts';
import { IngestModule } from '../ingest.module.ts';
import type { IngestSettings } from '../settings.ts';

export interface TestServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly queue: InProcessQueue;
  readonly writer: BatchWriter;
  readonly telemetry: Telemetry;
  /** Everything in the order of a shutdown. */
  close(): Promise<void>;
}

/** An ingest server over a store, with the in-process queue and a writer of its own. */
export async function startTestServer(
  store: BatchStore & BatchLedger,
  settings: Partial<IngestSettings> = {},
  queueSettings: Partial<InProcessQueueSettings> = {},
  senders: Senders = OPEN_TO_ALL,
): Promise<TestServer> {
  const telemetry = new Telemetry(() => undefined);
  const queue = new InProcessQueue(queueSettings);
  const writer = new BatchWriter({
    store,
    telemetry,
    settings: { probe: { baseMs: 5, maxMs: 20 } },
  });
  const endWriter = await consumeWith(writer, queue);
  Logger.overrideLogger(false);
  const app = await NestFactory.create<NestFastifyApplication>(
    IngestModule.register({ queue, ledger: store, telemetry, senders, settings }),
    new FastifyAdapter(SERVER_OPTIONS),
  );
  await app.listen(0, '127.0.0.1');
  return {
    url: await app.getUrl(),
    queue,
    writer,
    telemetry,
    close: async () => {
      await app.close();
      await queue.close(1_000);
      await endWriter();
    },
  };
}
