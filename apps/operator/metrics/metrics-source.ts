import { readBroker, type BrokerMetrics } from './broker-metrics.ts';
import type { QueueReading } from './queue-reading.ts';
import { readWriters, type WriterMetrics } from './writer-metrics.ts';

/** Who tells how long the queues are and how fast they are emptied. */
export type MetricsSource = BrokerMetrics | WriterMetrics;

/** Null where nothing is known of the queues yet; rejects where nobody answers. */
export type ReadMetrics = (
  source: MetricsSource,
  now: () => number,
) => Promise<QueueReading | null>;

export const readMetrics: ReadMetrics = (source, now) =>
  source.kind === 'broker' ? readBroker(source, now) : readWriters(source, now);
