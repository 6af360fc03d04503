import { readText } from './http-text.ts';
import { QUEUE_METRICS_PATH, readQueues, type QueueReading } from './queue-reading.ts';

/** The Prometheus endpoint of RabbitMQ. */
export interface BrokerMetrics {
  readonly kind: 'broker';
  readonly url: string;
  readonly authorization: string | null;
  /** What the names of the queues begin with. */
  readonly prefix: string;
}

export async function readBroker(
  { url, authorization, prefix }: BrokerMetrics,
  now: () => number,
): Promise<QueueReading | null> {
  const path = `${url.replace(/\/$/, '')}${QUEUE_METRICS_PATH}`;
  return readQueues(await readText(path, authorization), prefix, now());
}
