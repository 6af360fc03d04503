import type { BatchConsumer, Consumption } from '#queue';
import { GROUP_DEFAULTS, type BatchWriter } from '../writer/batch-writer.ts';

/** A writer that takes its groups straight from a queue. Resolves with the end of it: the queue's, then the writer's. */
export async function consumeWith(
  writer: BatchWriter,
  queue: BatchConsumer,
): Promise<() => Promise<void>> {
  const consumption: Consumption = await queue.consume(
    (deliveries, signal) =>
      writer.write(
        deliveries.map(({ batch }) => batch),
        { signal, pause: () => consumption.pause(), resume: () => consumption.resume() },
      ),
    GROUP_DEFAULTS,
  );
  return async () => {
    await consumption.close();
    await writer.close();
  };
}
