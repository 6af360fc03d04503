import { setTimeout as delay } from 'node:timers/promises';

import { deliver, type DeliveryParts } from './deliver.ts';

/** Batches to send, and when. */
export interface Load {
  readonly batches: AsyncIterable<readonly string[]> | Iterable<readonly string[]>;
  /** Events per second; null sends as fast as the server takes them. */
  readonly rate: number | null;
  /** Requests in flight at most. */
  readonly connections: number;
  /** Makes the keys of this run unlike those of any other. */
  readonly runId: string;
}

/**
 * Sends batches by a schedule that does not depend on the answers (open loop): batch n is due when the events before
 * it take up their time at the rate. Where all connections are busy it waits, and later ones catch up. Ends when the
 * batches are used up, or `stop` says so, and everything in flight is settled.
 */
export async function produce(load: Load, parts: DeliveryParts, stop: AbortSignal): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  let wake = (): void => undefined;
  stop.addEventListener('abort', () => {
    wake();
  });
  const begin = performance.now();
  let events = 0;
  let batch = 0;
  try {
    for await (const lines of load.batches) {
      await dueAt(load.rate === null ? null : begin + (events / load.rate) * 1_000, stop);
      while (inFlight.size >= load.connections && !stop.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (stop.aborted) break;
      const delivery = deliver(lines, `${load.runId}-${batch}`, parts).finally(() => {
        inFlight.delete(delivery);
        wake();
      });
      inFlight.add(delivery);
      events += lines.length;
      batch += 1;
    }
  } finally {
    // Also when the source of batches fails: what was sent is still counted.
    await Promise.all(inFlight);
  }
}

async function dueAt(time: number | null, stop: AbortSignal): Promise<void> {
  const waitMs = time === null ? 0 : time - performance.now();
  if (waitMs > 0) await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
}
