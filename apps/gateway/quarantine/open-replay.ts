import { IngestPipeline, type BatchLedger } from '#delivery';
import { openProcessQueue, type ProcessContext } from '#process';
import type { Replay } from './quarantined-events.ts';
import { replayThrough } from './replay-through.ts';

const DRAIN_MS = 5_000;
const QUEUE_CLOSE_MS = 500;
/** Nobody sets a variable within less. */
const UNSET_RETRY_SECONDS = 60;

/**
 * Replays by publishing into the queue that ingest publishes into, through an intake of the gateway's own: so a replay
 * needs no credentials of a sender, and a gateway no address of ingest. Without RABBITMQ_URL there is no replay.
 */
export async function openReplay(
  context: ProcessContext<'gateway'>,
  ledger: BatchLedger,
): Promise<Replay> {
  const { telemetry, health, steps } = context;
  const url = context.settings.rabbitmqUrl;
  if (url === null) return notSet;
  const queue = await openProcessQueue(context, {
    url,
    use: 'publishing',
    rabbitmq: health.add('rabbitmq', { required: false }),
    closeMs: QUEUE_CLOSE_MS,
  });
  const pipeline = new IngestPipeline({ queue, ledger, telemetry });
  steps.add('the replay', DRAIN_MS + 1_000, () => pipeline.drain(DRAIN_MS));
  return replayThrough(() => pipeline);
}

const notSet: Replay = () =>
  Promise.resolve({
    kind: 'unavailable',
    retryAfterSeconds: UNSET_RETRY_SECONDS,
    reason: 'RABBITMQ_URL is not set for the gateway',
  });
