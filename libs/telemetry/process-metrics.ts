import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics } from 'prom-client';
import { buildInfo, eventLoopLag } from './events.ts';
import type { Telemetry } from './telemetry.ts';

const RESOLUTION_MS = 20;

/** What runs. */
export interface Build {
  /** Kind of the process: `ingest`, `writer` and so on. */
  readonly process: string;
  readonly version: string;
}

/**
 * What runs, its CPU, memory and garbage collection, and how long the event loop was held up since the last scrape.
 * Returns the end of the measuring.
 */
export function collectProcessMetrics(telemetry: Telemetry, build: Build): () => void {
  telemetry.observe(buildInfo, () => [
    { labels: { ...build, node: process.versions.node }, value: 1 },
  ]);
  collectDefaultMetrics({ register: telemetry.registry, prefix: 'penstock_' });
  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  telemetry.observe(eventLoopLag, () => {
    const measured = lag.percentile(99) / 1e9 - RESOLUTION_MS / 1e3;
    lag.reset();
    return Math.max(0, measured);
  });
  return () => {
    lag.disable();
  };
}
