import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { readText } from './http-text.ts';
import { readSeries } from './prometheus-text.ts';
import type { QueueReading } from './queue-reading.ts';

/**
 * The metrics of the writers themselves, where RabbitMQ's are not known: each sees how long the queues are, and counts
 * what it has taken and acknowledged.
 */
export interface WriterMetrics {
  readonly kind: 'writers';
  /** A name that stands for the addresses of all writers that are ready. */
  readonly host: string;
  readonly port: number;
}

/** Addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveByDns: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

const READY = 'penstock_queue_ready_batches';
const UNSETTLED = 'penstock_queue_unsettled_batches';
const ACKNOWLEDGED = 'penstock_queue_acknowledged_batches_total';
const DELIVERED = 'penstock_queue_delivered_batches_total';
const DELIVERED_BYTES = 'penstock_queue_delivered_bytes_total';

/** Rejects where one of them does not answer: the sums would be of fewer than there are. */
export async function readWriters(
  { host, port }: WriterMetrics,
  now: () => number,
  resolve: Resolve = resolveByDns,
): Promise<QueueReading | null> {
  const addresses = await resolve(host);
  const writers = await Promise.all(
    addresses.map(async (address) => {
      const name = isIPv6(address) ? `[${address}]` : address;
      return { address, sums: sumsOf(await readText(`http://${name}:${port}/metrics`)) };
    }),
  );
  const all = writers.map(({ sums }) => sums);
  const seen = all.flatMap((sums) => sums.get(READY) ?? []);
  if (seen.length === 0) return null;
  const sum = (metric: string): number =>
    all.reduce((total, sums) => total + (sums.get(metric) ?? 0), 0);
  // All look at the same queues, a moment apart.
  const ready = Math.max(...seen);
  const unacked = sum(UNSETTLED);
  const delivered = sum(DELIVERED);
  return {
    at: now(),
    ready,
    unacked,
    bytes: delivered === 0 ? 0 : (ready + unacked) * (sum(DELIVERED_BYTES) / delivered),
    acknowledged: new Map(
      writers.map(({ address, sums }) => [address, sums.get(ACKNOWLEDGED) ?? 0] as const),
    ),
    unknownCounters: 'skipped',
  };
}

function sumsOf(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { name, value } of readSeries(text)) sums.set(name, (sums.get(name) ?? 0) + value);
  return sums;
}
