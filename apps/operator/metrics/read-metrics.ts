import { QUEUE_METRICS_PATH, readQueues, type QueueReading } from './queue-reading.ts';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 8 * 1024 * 1024;

export interface Endpoint {
  readonly url: string;
  readonly authorization: string | null;
  /** What the names of the queues begin with. */
  readonly prefix: string;
}

/** Asks RabbitMQ's Prometheus endpoint. Null where it knows no queue of ours yet; rejects where it does not answer. */
export async function readQueueMetrics(
  { url, authorization, prefix }: Endpoint,
  now: () => number,
): Promise<QueueReading | null> {
  const response = await fetch(`${url.replace(/\/$/, '')}${QUEUE_METRICS_PATH}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    headers: authorization === null ? {} : { authorization },
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  }
  return readQueues(await readBounded(response), prefix, now());
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('the metrics are too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
