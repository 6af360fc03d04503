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

export interface ProcessQueueParts {
  readonly url: string;
  readonly settings: RabbitEnvironment;
  readonly rabbitmq: Dependency;
  readonly health: DependencyHealth;
  readonly telemetry: Telemetry;
  readonly steps: ClosingSteps;
  /** Longest wait at the end for what was admitted, in ms. */
  readonly closeMs: number;
}

/** What a closed queue may take beyond its own deadline, in ms. */
const CLOSE_SLACK_MS = 2_000;

/**
 * Opens the queue, whether or not RabbitMQ can be reached: it goes on trying, and `rabbitmq` says how it is. Throws
 * QueueRefusedError where RabbitMQ is there and refuses.
 *
 * @param use which side of the queue the process needs
 */
export async function openProcessQueue(
  parts: ProcessQueueParts,
  use: 'publishing' | 'consuming',
): Promise<RabbitQueue> {
  const { url, settings, rabbitmq, health, telemetry, steps, closeMs } = parts;
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
