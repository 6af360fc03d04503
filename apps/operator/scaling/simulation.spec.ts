import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chart } from './chart.ts';
import { SCENARIOS } from './scenarios.ts';
import { simulate, type Step, type World } from './simulate.ts';

const WINDOW_SECONDS = 120;
const SEGMENT_SECONDS = 900;

const worlds: fc.Arbitrary<World> = fc
  .record({
    rates: fc.array(fc.integer({ min: 0, max: 250_000 }), { minLength: 1, maxLength: 4 }),
    // The setting that is assumed until the pace is measured is 20,000: half and three times of it.
    pace: fc.integer({ min: 10_000, max: 60_000 }),
    minReplicas: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 0, max: 20 }),
    startSeconds: fc.integer({ min: 0, max: 90 }),
    downstream: fc.oneof(fc.constant(Infinity), fc.integer({ min: 10_000, max: 200_000 })),
    blindFrom: fc.integer({ min: 0, max: 4_000 }),
    blindSeconds: fc.integer({ min: 0, max: 600 }),
    connectionLimit: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20 })),
    initialReplicas: fc.integer({ min: 1, max: 30 }),
  })
  .map((given) => ({
    load: (second) => given.rates[Math.floor(second / SEGMENT_SECONDS)] ?? 0,
    seconds: given.rates.length * SEGMENT_SECONDS,
    settings: {
      minReplicas: given.minReplicas,
      maxReplicas: given.minReplicas + given.more,
      targetDrainSeconds: 60,
      eventsPerSecondPerReplica: 20_000,
      scaleDownStabilizationSeconds: WINDOW_SECONDS,
      connectionLimit: given.connectionLimit,
    },
    pace: given.pace,
    downstream: given.downstream,
    startSeconds: given.startSeconds,
    hasMetrics: (second) =>
      second < given.blindFrom || second >= given.blindFrom + given.blindSeconds,
    initialReplicas: given.initialReplicas,
  }));

/** How often the number of writers turned from growing to falling or back. */
function turns(steps: readonly Step[]): number {
  const signs = steps
    .map(({ replicas }, at) => Math.sign(replicas - (steps[at - 1]?.replicas ?? replicas)))
    .filter((sign) => sign !== 0);
  return signs.filter((sign, at) => at > 0 && sign !== signs[at - 1]).length;
}

const segmentsOf = (steps: readonly Step[]): readonly (readonly Step[])[] =>
  Array.from({ length: Math.ceil(steps.length / SEGMENT_SECONDS) }, (_, at) =>
    steps.slice(at * SEGMENT_SECONDS, (at + 1) * SEGMENT_SECONDS),
  );

describe('any load', () => {
  it('keeps the writers within their bounds, from the first decision on', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { minReplicas, maxReplicas, connectionLimit } = world.settings;
        const most = Math.min(maxReplicas, connectionLimit);
        const outside = simulate(world)
          .slice(10)
          .filter(({ replicas }) => replicas < Math.min(minReplicas, most) || replicas > most);
        expect(outside).toEqual([]);
      }),
    );
  });

  it('turns the number of writers at most once for each change of the load', () => {
    fc.assert(
      fc.property(worlds, (drawn) => {
        const world = { ...drawn, downstream: Infinity };
        // Where the setting promises more than a writer can do, finding that out may cost one turn down and up again.
        const most = world.pace < world.settings.eventsPerSecondPerReplica ? 3 : 1;
        for (const segment of segmentsOf(simulate(world)))
          expect(turns(segment)).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('does not change the writers while it is not known', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const steps = simulate(world);
        const changed = steps.filter(
          ({ reason, replicas }, at) =>
            at > 10 && reason === 'MetricsStale' && replicas !== steps[at - 1]?.replicas,
        );
        expect(changed).toEqual([]);
      }),
    );
  });

  it('of which writers are capable is stored: a backlog is drained in the time that was asked for, and what starting takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 120_000 }),
        fc.integer({ min: 10_000, max: 40_000 }),
        fc.integer({ min: 0, max: 30 }),
        (rate, pace, startSeconds) => {
          const capable = SCENARIOS['step'] as World;
          const steps = simulate({
            ...capable,
            load: () => rate,
            seconds: 900,
            pace,
            startSeconds,
            settings: { ...capable.settings, maxReplicas: 40 },
          });
          const drainedBy = 60 * 2 + 4 * (startSeconds + 30);
          const late = steps.slice(drainedBy).filter(({ backlog }) => backlog > rate * 5);
          expect(late).toEqual([]);
        },
      ),
    );
  });
});

describe('scenarios', () => {
  const run = (name: string): readonly Step[] => simulate(SCENARIOS[name] as World);

  it.each(Object.keys(SCENARIOS))('%s draws a chart', (name) => {
    expect(chart(run(name))).toMatch(/^offered\/s .* up to /);
  });

  it.each(['step', 'spike', 'drain', 'stale', 'slow-start', 'saturated'])(
    '%s turns at most once',
    (name) => {
      expect(turns(run(name))).toBeLessThanOrEqual(1);
    },
  );

  it('diurnal goes up in the morning and down in the evening, once', () => {
    expect(turns(run('diurnal'))).toBe(1);
  });

  it('saturated Postgres gets no more writers than show that it is saturated', () => {
    const saturated = run('saturated').filter(({ reason }) => reason === 'DownstreamSaturated');
    expect(saturated.length).toBeGreaterThan(100);
    expect(Math.max(...saturated.map(({ replicas }) => replicas))).toBeLessThan(10);
  });

  it('spike ends with the fewest writers and nothing left', () => {
    expect(run('spike').at(-1)).toMatchObject({ replicas: 1, backlog: 0 });
  });
});
