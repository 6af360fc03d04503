import type { World } from './simulate.ts';

const HOUR = 3_600;

const BASE: World = {
  load: () => 5_000,
  seconds: HOUR,
  settings: {
    minReplicas: 1,
    maxReplicas: 10,
    targetDrainSeconds: 60,
    eventsPerSecondPerReplica: 20_000,
    scaleDownStabilizationSeconds: 300,
    connectionLimit: Infinity,
  },
  pace: 20_000,
  downstream: Infinity,
  startSeconds: 10,
  hasMetrics: () => true,
  initialReplicas: 1,
};

const between = (second: number, from: number, to: number): boolean =>
  second >= from && second < to;

/** Loads that pipelines meet, by the name that `npm run simulate -- --load` takes. */
export const SCENARIOS: Readonly<Record<string, World>> = {
  step: { ...BASE, load: (second) => (second < 600 ? 5_000 : 90_000) },
  spike: { ...BASE, load: (second) => (between(second, 600, 720) ? 150_000 : 5_000) },
  diurnal: {
    ...BASE,
    seconds: 24 * HOUR,
    load: (second) => 45_000 - 40_000 * Math.cos((second / HOUR / 24) * 2 * Math.PI),
  },
  drain: { ...BASE, load: (second) => (second < 1 ? 6_000_000 : 2_000) },
  stale: {
    ...BASE,
    load: (second) => (second < 600 ? 90_000 : 5_000),
    hasMetrics: (second) => !between(second, 300, 1_500),
  },
  'slow-start': {
    ...BASE,
    startSeconds: 90,
    load: (second) => (second < 600 ? 5_000 : 90_000),
  },
  saturated: {
    ...BASE,
    downstream: 45_000,
    load: (second) => (between(second, 600, 1_800) ? 70_000 : 5_000),
  },
};
