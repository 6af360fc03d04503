import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { Latencies } from './latency.ts';

export interface LoadPlan {
  readonly connections: readonly Connection[];
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Sends request i; resolves with the number of events acknowledged. Retries inside. */
  readonly send: (connection: Connection, i: number) => Promise<number>;
}

export interface LoadResult {
  readonly requests: number;
  readonly acknowledged: number;
  /** From the first scheduled send to the last acknowledgement. */
  readonly seconds: number;
  /** From the scheduled send to the acknowledgement: waiting for a free connection counts. */
  readonly latencies: Latencies;
}

/** Sends on a fixed schedule whatever the answers do: a slow server shows as latency, never as a lower load. */
export async function runOpenLoop(plan: LoadPlan): Promise<LoadResult> {
  const total = Math.round(plan.requestsPerSecond * plan.seconds);
  const intervalMs = 1_000 / plan.requestsPerSecond;
  const latencies = new Latencies();
  const started = performance.now();
  let next = 0;
  let acknowledged = 0;
  const worker = async (connection: Connection): Promise<void> => {
    for (let i = next++; i < total; i = next++) {
      const due = started + i * intervalMs;
      const early = due - performance.now();
      if (early > 1) await delay(early);
      const sent = await plan.send(connection, i);
      acknowledged += sent;
      latencies.add(performance.now() - due);
    }
  };
  await Promise.all(plan.connections.map(worker));
  return {
    requests: total,
    acknowledged,
    seconds: (performance.now() - started) / 1_000,
    latencies,
  };
}
