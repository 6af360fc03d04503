import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Telemetry } from '#telemetry';
import type { ReadMetrics } from '../metrics/metrics-source.ts';
import type { QueueReading } from '../metrics/queue-reading.ts';
import { WriterScaler, type ScalingTarget, type WriterCounts } from './writer-scaler.ts';

const TICK_MS = 5_000;
const KEY = 'logs/shop';

const TARGET: ScalingTarget = {
  source: { kind: 'broker', url: 'http://mq', authorization: null, prefix: 'penstock' },
  decides: true,
  settings: {
    minReplicas: 1,
    maxReplicas: 8,
    targetDrainSeconds: 60,
    eventsPerSecondPerReplica: 1_000,
    scaleDownStabilizationSeconds: 60,
    connectionLimit: Infinity,
  },
};

describe('the scaler of the writers', () => {
  let now: number;
  let waiting: number;
  let fails: boolean;
  let counts: WriterCounts | null;
  let changes: string[];
  let events: string[];
  let scaler: WriterScaler;

  const read: ReadMetrics = (_source, clock) => {
    if (fails) return Promise.reject(new Error('refused'));
    const reading: QueueReading = {
      at: clock(),
      ready: waiting,
      unacked: 0,
      bytes: waiting * 256_000,
      acknowledged: new Map(),
      unknownCounters: 'from-zero',
    };
    return Promise.resolve(reading);
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    now = 0;
    waiting = 0;
    fails = false;
    counts = { desired: 1, ready: 1 };
    changes = [];
    events = [];
    scaler = new WriterScaler({
      telemetry: new Telemetry(({ event }) => events.push(event)),
      countsOf: () => counts,
      onChange: (key) => changes.push(key),
      read,
      now: () => now,
      tickMs: TICK_MS,
    });
    scaler.start();
    scaler.set(KEY, TARGET);
  });
  afterEach(() => {
    scaler.close();
    jest.useRealTimers();
  });

  const ticks = async (count: number): Promise<void> => {
    for (let tick = 0; tick < count; tick += 1) {
      now += TICK_MS;
      await jest.advanceTimersByTimeAsync(TICK_MS);
    }
  };

  it('decides once two readings tell a rate, and says so to who has to act', async () => {
    waiting = 1_000;
    await ticks(1);
    expect(scaler.view(KEY).decision).toBeNull();
    await ticks(1);
    expect(scaler.view(KEY).decision).toMatchObject({ replicas: 5, reason: 'ScalingUp' });
    expect(changes.length).toBeGreaterThan(0);
    expect(events).toEqual(['operator.writers-scaled']);
  });

  it('tells the backlog, coarsely and not with every tick', async () => {
    waiting = 1_234;
    await ticks(1);
    expect(scaler.view(KEY).backlog).toBe(1_200);
    waiting = 5_000;
    await ticks(1);
    expect(scaler.view(KEY).backlog).toBe(1_200);
    await ticks(2);
    expect(scaler.view(KEY).backlog).toBe(5_000);
  });

  it('changes nothing while metrics are missing, and calls them stale after half a minute', async () => {
    await ticks(2);
    fails = true;
    await ticks(6);
    expect(scaler.view(KEY)).toMatchObject({ failure: 'refused', decision: { reason: 'Steady' } });
    await ticks(2);
    expect(scaler.view(KEY).decision).toMatchObject({ replicas: 1, reason: 'MetricsStale' });
    fails = false;
    await ticks(3);
    expect(scaler.view(KEY)).toMatchObject({ failure: null, decision: { reason: 'Steady' } });
  });

  it('decides nothing where there are no writers yet, or others decide', async () => {
    counts = null;
    fails = true;
    await ticks(10);
    expect(scaler.view(KEY).decision).toBeNull();
    counts = { desired: 1, ready: 1 };
    scaler.set(KEY, { ...TARGET, decides: false });
    fails = false;
    waiting = 1_000;
    await ticks(3);
    expect(scaler.view(KEY)).toMatchObject({ decision: null, backlog: 1_000 });
    expect(events).toEqual([]);
  });

  it('forgets a pipeline that is gone', async () => {
    waiting = 1_000;
    await ticks(2);
    scaler.forget(KEY);
    expect(scaler.view(KEY)).toEqual({
      decision: null,
      failure: null,
      backlog: null,
      lastScaledAt: null,
    });
    changes = [];
    await ticks(2);
    expect(changes).toEqual([]);
  });
});
