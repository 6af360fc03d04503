import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HEARTBEAT_MS } from './heartbeat.ts';
import { Liveness, type ProcessState } from './liveness.ts';
import { buildRow, NOON } from './testing/build-process.ts';

const at = (ms: number): number => NOON + ms * 1_000;

/** Reads once a second up to `untilMs`; the process beats up to `diesMs` except while Postgres is away. */
interface Story {
  readonly outage: readonly [from: number, to: number];
  readonly diesMs: number;
  readonly untilMs: number;
  /** How late after the outage the process and the reader get through again. */
  readonly lateMs: readonly [process: number, reader: number];
  readonly self?: boolean;
  /** The reader gets answers during the outage, as from a full disk. */
  readonly readable?: boolean;
}

function tell(story: Story): ProcessState[] {
  const { outage, diesMs, untilMs, lateMs, self = false, readable = false } = story;
  const liveness = new Liveness(self ? 'self' : null);
  const states: ProcessState[] = [];
  const beatBefore = (now: number, endsAt: number, late: number): number => {
    const beats = Array.from({ length: 1 + Math.floor(now / 500) }, (_, i) => i * 500).filter(
      (ms) => ms % HEARTBEAT_MS === 0 || ms === Math.ceil((outage[1] + late) / 500) * 500,
    );
    return beats.findLast((ms) => ms <= endsAt && !(ms >= outage[0] && ms < outage[1] + late)) ?? 0;
  };
  for (let now = 0; now <= untilMs; now += 1_000) {
    if (!readable && now >= outage[0] && now < outage[1] + lateMs[1]) {
      liveness.unreadable();
      continue;
    }
    const rows = [
      buildRow({ lastSeen: at(beatBefore(now, diesMs, lateMs[0])) }),
      ...(self
        ? [buildRow({ id: 'self', lastSeen: at(beatBefore(now, untilMs, lateMs[1])) })]
        : []),
    ];
    states.push(liveness.judge({ now: at(now), rows }, now)[0]!);
  }
  return states;
}

const NO_OUTAGE = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

describe('Liveness', () => {
  it('declares a process dead within 10 s of its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 7_000, max: 60_000 }), fc.boolean(), (diesMs, self) => {
        const untilMs = diesMs + 8_000;
        const states = tell({ outage: NO_OUTAGE, diesMs, untilMs, lateMs: [0, 0], self });
        expect(states.at(-1)).toBe('dead');
        expect(states.slice(0, Math.floor(diesMs / 1_000)).every((s) => s === 'alive')).toBe(true);
      }),
    );
  });

  it('calls nobody dead because Postgres was away, however long, whoever is back first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 0, max: 300_000 }),
        // A connection that is being opened when Postgres comes back may take so long to give up.
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 0, max: 4_000 }),
        fc.boolean(),
        (from, length, processLate, readerLate, self) => {
          const states = tell({
            outage: [from, from + length],
            diesMs: Number.MAX_SAFE_INTEGER,
            untilMs: from + length + 30_000,
            lateMs: [processLate, readerLate],
            self,
          });
          expect(new Set(states)).toEqual(new Set(['alive']));
        },
      ),
    );
  });

  it('calls nobody dead while Postgres can be read but takes no beats', () => {
    const states = tell({
      outage: [20_000, 80_000],
      diesMs: Number.MAX_SAFE_INTEGER,
      untilMs: 100_000,
      lateMs: [1_000, 1_000],
      self: true,
      readable: true,
    });
    expect(new Set(states)).toEqual(new Set(['alive']));
  });

  it('finds out after an outage who died during it', () => {
    const states = tell({
      outage: [20_000, 60_000],
      diesMs: 30_000,
      untilMs: 70_000,
      lateMs: [0, 0],
    });
    expect(states.at(-1)).toBe('dead');
  });

  it('keeps the dead dead over an outage', () => {
    const liveness = new Liveness(null);
    const row = buildRow({ lastSeen: at(0) });
    for (let now = 0; now <= 10_000; now += 1_000)
      liveness.judge({ now: at(now), rows: [row] }, now);
    liveness.unreadable();
    expect(liveness.judge({ now: at(40_000), rows: [row] }, 40_000)).toEqual(['dead']);
  });

  it('does not trust its eyes right after it has slept itself', () => {
    const liveness = new Liveness(null);
    for (let now = 0; now <= 10_000; now += 1_000)
      liveness.judge({ now: at(now), rows: [buildRow({ lastSeen: at(now) })] }, now);
    const rows = [buildRow({ lastSeen: at(10_000) })];
    expect(liveness.judge({ now: at(60_000), rows }, 60_000)).toEqual(['alive']);
  });

  it('lets a process that said so be stopped, and one that is back live', () => {
    const liveness = new Liveness(null);
    for (let now = 0; now <= 10_000; now += 1_000)
      liveness.judge({ now: at(now), rows: [buildRow({ lastSeen: at(0) })] }, now);
    const rows = [
      buildRow({ lastSeen: at(0), phase: 'stopped' }),
      buildRow({ id: 'b', lastSeen: at(10_500) }),
      buildRow({ id: 'c', lastSeen: at(10_500), phase: 'stopping' }),
      buildRow({ id: 'd', lastSeen: at(0), phase: 'stopping' }),
    ];
    const states = liveness.judge({ now: at(11_000), rows }, 11_000);
    expect(states).toEqual(['stopped', 'alive', 'stopping', 'dead']);
  });
});
