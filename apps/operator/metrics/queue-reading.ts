import { readSeries } from './prometheus-text.ts';

/** What RabbitMQ says of the queues of a pipeline at a moment, in batches. */
export interface QueueReading {
  /** ms that never go back. */
  readonly at: number;
  readonly ready: number;
  readonly unacked: number;
  /** Bytes of the batches that wait or are held. */
  readonly bytes: number;
  /** Batches acknowledged so far, by channel and queue, or by writer. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** What a counter says that was not in the reading before: a new channel counts from 0; a writer may be an old one. */
  readonly unknownCounters: 'from-zero' | 'skipped';
}

const READY = 'rabbitmq_detailed_queue_messages_ready';
const UNACKED = 'rabbitmq_detailed_queue_messages_unacked';
const BYTES = 'rabbitmq_detailed_queue_messages_bytes';
const ACKNOWLEDGED = 'rabbitmq_detailed_channel_messages_acked_total';

export const QUEUE_METRICS_PATH =
  '/metrics/detailed?family=queue_coarse_metrics&family=queue_metrics&family=channel_queue_metrics';

/** Reads RabbitMQ's answer to QUEUE_METRICS_PATH. Null where it says nothing of our queues. */
export function readQueues(text: string, prefix: string, at: number): QueueReading | null {
  const sums = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  for (const { name, labels, value } of readSeries(text)) {
    const queue = labels['queue'];
    if (queue === undefined || !isOurs(queue, prefix)) continue;
    if (name === ACKNOWLEDGED) acknowledged.set(`${labels['channel'] ?? ''} ${queue}`, value);
    else sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const ready = sums.get(READY);
  if (ready === undefined) return null;
  return {
    at,
    ready,
    unacked: sums.get(UNACKED) ?? 0,
    bytes: sums.get(BYTES) ?? 0,
    acknowledged,
    unknownCounters: 'from-zero',
  };
}

/** Without the dead letters: no writer takes them. */
function isOurs(queue: string, prefix: string): boolean {
  return queue.startsWith(`${prefix}.batches.`) && !queue.endsWith('.dead');
}
