import { describe, expect, it } from '@jest/globals';
import { decideReplicas, INITIAL_SIZING, type SizingState } from './decide-replicas.ts';
import type { Load, SizingSettings } from './load.ts';

const SETTINGS: SizingSettings = {
  minReplicas: 1,
  maxReplicas: 10,
  targetDrainSeconds: 60,
  eventsPerSecondPerReplica: 10_000,
  scaleDownStabilizationSeconds: 300,
  connectionLimit: Infinity,
};

const IDLE: Load = { publishRate: 0, ackRate: 0, backlog: 0, readyWriters: 1 };

const decide = (
  load: Partial<Load> | null,
  current = 1,
  more: { now?: number; state?: SizingState; settings?: Partial<SizingSettings> } = {},
) =>
  decideReplicas(
    more.state ?? INITIAL_SIZING,
    { now: more.now ?? 0, current, load: load && { ...IDLE, readyWriters: current, ...load } },
    { ...SETTINGS, ...more.settings },
  );

describe('the number of writers', () => {
  it('follows the rate although the queue is held at zero', () => {
    expect(decide({ publishRate: 24_000, ackRate: 24_000 }, 1)).toMatchObject({
      replicas: 3,
      reason: 'ScalingUp',
    });
  });

  it('follows the backlog although nothing comes in, with what writers hold counted', () => {
    expect(decide({ backlog: 1_800_000 })).toMatchObject({ replicas: 3, needed: 3 });
  });

  it('adds the two', () => {
    expect(decide({ publishRate: 8_000, backlog: 1_200_000 }).needed).toBeCloseTo(3);
  });

  it('grows by bounded steps', () => {
    expect(decide({ publishRate: 80_000 }).replicas).toBe(5);
    expect(decide({ publishRate: 160_000 }, 8, { settings: { maxReplicas: 100 } }).replicas).toBe(
      16,
    );
  });

  it('leaves a need within the tolerance alone', () => {
    expect(decide({ publishRate: 8_600 })).toMatchObject({ replicas: 1, reason: 'Steady' });
  });

  it('stays while the load is not known, within its bounds', () => {
    expect(decide(null, 4)).toMatchObject({ replicas: 4, reason: 'MetricsStale', needed: null });
    expect(decide(null, 40)).toMatchObject({ replicas: 10 });
    expect(decide(null, 0)).toMatchObject({ replicas: 1 });
  });

  it('says which bound it meets', () => {
    expect(decide({ publishRate: 500_000 }, 10).reason).toBe('AtMaximum');
    const settings = { connectionLimit: 6 };
    expect(decide({ publishRate: 500_000 }, 6, { settings })).toMatchObject({
      replicas: 6,
      reason: 'ConnectionLimit',
    });
    expect(decide({ publishRate: 500_000 }, 9, { settings }).replicas).toBe(6);
  });

  it('does not fall before a whole window was watched, as after a restart of the operator', () => {
    const first = decide({}, 5);
    expect(first).toMatchObject({ replicas: 5, reason: 'Stabilizing' });
    const later = decide({}, 5, { now: 299_000, state: first.state });
    expect(later.replicas).toBe(5);
    expect(decide({}, 5, { now: 301_000, state: later.state })).toMatchObject({
      replicas: 1,
      reason: 'ScalingDown',
    });
  });

  it('watches a whole window again after a gap in the metrics', () => {
    const blind = decide(null, 5, { now: 290_000, state: decide({}, 5).state });
    const { replicas } = decide({}, 5, { now: 301_000, state: blind.state });
    expect(replicas).toBe(5);
  });

  it('waits for writers that start before it adds more, but not for ever', () => {
    const first = decide({ publishRate: 80_000 });
    const starting = { publishRate: 160_000, readyWriters: 1, backlog: 900_000 };
    const second = decide(starting, 5, { now: 20_000, state: first.state });
    expect(second).toMatchObject({ replicas: 5, reason: 'WritersStarting' });
    expect(decide(starting, 5, { now: 130_000, state: second.state }).replicas).toBe(10);
  });
});
