import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics } from 'prom-client';
import { defineGauge, type Telemetry } from './telemetry.ts';

const RESOLUTION_MS = 20;

const eventLoopLag = defineGauge({
  name: 'penstock_event_loop_lag_p99_seconds',
  help: 'Delay of the event loop since the last scrape, 99th percentile.',
});

/**
 * CPU, memory and garbage collection of the process, and how long the event loop was held up since the last scrape.
 * Returns the end of the measuring.
 */
export function collectProcessMetrics(telemetry: Telemetry): () => void {
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
