import { defineGauge } from './telemetry.ts';

export const buildInfo = defineGauge({
  name: 'penstock_build_info',
  help: 'Always 1; its labels say what runs: the kind of the process, the version, and that of Node.',
  labels: ['process', 'version', 'node'],
});

export const eventLoopLag = defineGauge({
  name: 'penstock_event_loop_lag_p99_seconds',
  help: 'Delay of the event loop since the last scrape, 99th percentile.',
});
