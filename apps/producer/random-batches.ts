import type { RandomLogs } from './random-logs.ts';

export interface RandomLoad {
  readonly batch: number;
  /** Null never ends. */
  readonly total: number | null;
}

/** Batches of random logs whose time is that of their making. */
export function* randomBatches(
  logs: RandomLogs,
  { batch, total }: RandomLoad,
  now: () => number,
): Generator<string[]> {
  for (let made = 0; total === null || made < total; made += batch) {
    yield logs.take(total === null ? batch : Math.min(batch, total - made), now());
  }
}
