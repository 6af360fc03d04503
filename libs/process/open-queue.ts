import {
  observeDepth,
  openRabbitQueue,
  rabbitQueueSettings,
  type RabbitEnvironment,
  type RabbitQueue,
} from '#queue';
import type { Telemetry } from '#telemetry';
import type { ClosingSteps } from './closing-steps.ts';
import type { Dependency, DependencyHealth } from './dependency-health.ts';

interface QueueContext {
  readonly settings: RabbitEnvironment;
  readonly health: DependencyHealth;
  readonly telemetry: Telemetry;
  readonly steps: ClosingSteps;
}

export interface ProcessQueueOptions {
  readonly url: string;
  /** Which side of the queue the process needs. */
  readonly use: 'publishing' | 'consuming';
  readonly rabbitmq: Dependency;
  /** Longest wait at the end for what was admitted, in ms. */
  readonly closeMs: number;
}

/** What a closed queue may take beyond its own deadline, in ms. */
const CLOSE_SLACK_MS = 2_000;

/**
 * Opens the queue, whether or not RabbitMQ can be reached: it goes on trying, and `rabbitmq` says how it is. Throws QueueRefusedError where RabbitMQ is there and refuses.
 */
export async function openProcessQueue(
  { settings, health, telemetry, steps }: QueueContext,
  { url, use, rabbitmq, closeMs }: ProcessQueueOptions,
): Promise<RabbitQueue> {
  const queue = await openRabbitQueue({
    settings: rabbitQueueSettings(url, settings),
    telemetry,
    uses: [use],
  });
  observeDepth(telemetry, queue);
  steps.add('the queue', closeMs + CLOSE_SLACK_MS, () => queue.close(closeMs));
  health.watch(rabbitmq, () => {
    const reason = queue.readiness(use);
    return reason === null ? Promise.resolve() : Promise.reject(new Error(reason));
  });
  return queue;
}
