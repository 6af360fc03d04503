import { defineGauge, type Reading, type Telemetry } from '#telemetry';
import type { LogQueue, QueueDepth } from './log-queue.ts';

/** A broker that hangs must not hold up a scrape for longer, in ms. */
const PATIENCE_MS = 2_000;

export const queueReady = defineGauge({
  name: 'penstock_queue_ready_batches',
  help: 'Batches in the queue that no writer holds, as this process sees it; absent while it cannot tell',
});

export const queueUnsettled = defineGauge({
  name: 'penstock_queue_unsettled_batches',
  help: 'Batches that this process was given by the queue and has not settled; absent while it cannot tell',
});

export const queueBytes = defineGauge({
  name: 'penstock_queue_bytes',
  help: 'Bytes of batches in the queue, as far as this process knows them; absent while it cannot tell',
});

/** Shows how much is in the queue. The three gauges share one question per scrape. */
export function observeDepth(telemetry: Telemetry, queue: Pick<LogQueue, 'depth'>): void {
  let asked: Promise<QueueDepth | null> | null = null;
  const depth = (): Promise<QueueDepth | null> => {
    asked ??= withinPatience(queue).finally(() => {
      asked = null;
    });
    return asked;
  };
  const reading = (pick: (depth: QueueDepth) => number) => async (): Promise<Reading> => {
    const known = await depth();
    return known === null ? null : pick(known);
  };
  telemetry.observe(
    queueReady,
    reading(({ ready }) => ready),
  );
  telemetry.observe(
    queueUnsettled,
    reading(({ unsettled }) => unsettled),
  );
  telemetry.observe(
    queueBytes,
    reading(({ bytes }) => bytes),
  );
}

/** Null where the queue does not tell in time, or fails: /health/ready says why it is away. */
async function withinPatience(queue: Pick<LogQueue, 'depth'>): Promise<QueueDepth | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    late.resolve(null);
  }, PATIENCE_MS);
  try {
    return await Promise.race([queue.depth().catch(() => null), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
