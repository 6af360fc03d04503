import { describe, expect, it } from '@jest/globals';
import { BacklogAge } from './backlog-age.ts';
import { changesBetween } from './changes.ts';
import { summarise } from './pipeline-health.ts';
import { RateWindow } from './rate-window.ts';
import { buildHealth, buildProcess, NOON } from './testing/build-process.ts';

describe('RateWindow', () => {
  it('measures over its windows, and over what there is in the beginning', () => {
    const window = new RateWindow();
    expect(window.add(0, 500)).toEqual({ last10s: 0, last1m: 0 });
    expect(window.add(2_000, 700)).toEqual({ last10s: 100, last1m: 100 });
    let total = 700;
    for (let at = 4_000; at <= 120_000; at += 2_000) window.add(at, (total += 20));
    expect(window.add(122_000, total + 2_000)).toEqual({ last10s: 208, last1m: 43 });
    for (let at = 124_000; at < 200_000; at += 2_000) window.add(at, total + 2_000);
    expect(window.add(200_000, total + 2_000)).toEqual({ last10s: 0, last1m: 0 });
  });
});

describe('summarise', () => {
  const rate = (last10s: number) => ({ last10s, last1m: last10s / 2 });

  it('adds up the living, and takes the most that one of them sees of the queue', () => {
    const queue = (ready: number, unsettled: number) => ({ ready, unsettled, bytes: ready * 10 });
    const writer = (heldBatches: number, oldestSeconds: number | null) => ({
      heldBatches,
      oldestSeconds,
      breaker: 'closed',
    });
    const processes = [
      buildProcess({
        kind: 'ingest',
        figures: { ingestEvents: rate(10), ingestBytes: rate(1_000), queue: queue(40, 3) },
      }),
      buildProcess({
        id: 'b',
        state: 'stopping',
        kind: 'ingest',
        figures: { ingestEvents: rate(5), ingestBytes: rate(500), queue: queue(0, 0) },
      }),
      buildProcess({
        id: 'c',
        figures: { storedEvents: rate(8), queue: queue(42, 6), writer: writer(2, 1.5) },
      }),
      buildProcess({
        id: 'd',
        figures: { storedEvents: rate(4), queue: queue(41, 1), writer: writer(4, 0.5) },
      }),
      buildProcess({
        id: 'e',
        state: 'dead',
        figures: { storedEvents: rate(99), queue: queue(999, 99), writer: writer(99, 99) },
      }),
    ];
    expect(summarise(processes, NOON)).toEqual({
      ingest: { events: rate(15), bytes: rate(1_500) },
      written: { events: rate(12) },
      backlog: { ready: 42, unacked: 10, bytes: 420 },
      oldestUnwrittenSeconds: 1.5,
      away: [],
    });
  });

  it('knows nothing of a queue that nobody sees', () => {
    expect(summarise([buildProcess({ kind: 'gateway' })], NOON).backlog).toEqual({
      ready: null,
      unacked: 0,
      bytes: null,
    });
  });

  it('names what is away with the earliest report', () => {
    const away = (forSeconds: number, reason: string) => [{ name: 'rabbitmq', forSeconds, reason }];
    const { away: found } = summarise(
      [
        buildProcess({ figures: { away: away(3, 'refused') } }),
        buildProcess({ id: 'b', lastSeen: NOON - 1_000_000, figures: { away: away(5, 'reset') } }),
      ],
      NOON,
    );
    expect(found).toEqual([
      { name: 'rabbitmq', since: NOON - 6_000_000, reason: 'reset', seenBy: ['a', 'b'] },
    ]);
  });
});

describe('BacklogAge', () => {
  const backlog = (ready: number | null, unacked = 0) => ({ ready, unacked, bytes: null });

  it('goes on from the last word of the writers once they are gone', () => {
    const age = new BacklogAge();
    const second = 1_000_000;
    expect(age.seconds({ backlog: backlog(5), oldestUnwrittenSeconds: 12 }, NOON)).toBe(12);
    const silent = { backlog: backlog(5), oldestUnwrittenSeconds: null };
    expect(age.seconds(silent, NOON + 30 * second)).toBe(42);
    expect(age.seconds({ backlog: backlog(0), oldestUnwrittenSeconds: 0 }, NOON)).toBe(0);
    expect(age.seconds(silent, NOON + 60 * second)).toBe(0);
    expect(age.seconds(silent, NOON + 61 * second)).toBe(1);
  });

  it('is unknown where nobody sees the queue', () => {
    const unknown = { backlog: backlog(null), oldestUnwrittenSeconds: 0 };
    expect(new BacklogAge().seconds(unknown, NOON)).toBeNull();
  });
});

describe('changesBetween', () => {
  it.each([
    [null, 'alive', 'process-joined'],
    [null, 'dead', 'process-died'],
    ['alive', 'alive', null],
    ['alive', 'stopping', null],
    ['stopping', 'stopped', 'process-stopped'],
    ['alive', 'dead', 'process-died'],
    ['dead', 'alive', 'process-returned'],
  ] as const)('from %s to %s is %s', (before, after, name) => {
    const events = changesBetween(
      buildHealth({ processes: before === null ? [] : [buildProcess({ state: before })] }),
      buildHealth({ processes: [buildProcess({ state: after })], at: NOON + 1 }),
    );
    const process = { id: 'a', kind: 'writer', host: 'host', lastSeen: NOON };
    expect(events).toEqual(name === null ? [] : [{ name, at: NOON + 1, process }]);
  });

  it('tells of dependencies that go and come back', () => {
    const there = buildHealth();
    const away = buildHealth({
      away: [{ name: 'rabbitmq', since: NOON, reason: 'refused', seenBy: ['a'] }],
    });
    const event = { at: NOON, dependency: 'rabbitmq', reason: 'refused' };
    expect(changesBetween(there, away)).toEqual([{ name: 'dependency-away', ...event }]);
    expect(changesBetween(away, there)).toEqual([{ name: 'dependency-back', ...event }]);
    expect(changesBetween(away, away)).toEqual([]);
  });
});
