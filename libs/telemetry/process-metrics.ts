import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics } from 'prom-client';
import { buildInfo, eventLoopLag } from './events.ts';
import type { Telemetry } from './telemetry.ts';

/** Each measurement wakes the process: two, each 10 and each 20 ms, were half of what an idle one costs. */
const RESOLUTION_MS = 100;
const HOUR_MS = 3_600_000;
const PREFIX = 'penstock_';

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
  collectProcessDefaults(telemetry);
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

/** But for the library's gauges of the lag, which count the pause between two measurements as lag. */
function collectProcessDefaults({ registry }: Telemetry): void {
  collectDefaultMetrics({
    register: registry,
    prefix: PREFIX,
    eventLoopMonitoringPrecision: HOUR_MS,
  });
  for (const { name } of registry.getMetricsAsArray()) {
    if (name.startsWith(`${PREFIX}nodejs_eventloop_lag`)) registry.removeSingleMetric(name);
  }
}
