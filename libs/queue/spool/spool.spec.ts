import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Batch } from '#event';
import { Telemetry, type LogLine } from '#telemetry';
import { decodePayload, encodeRecord, segmentParts } from './record.ts';
import type { SpoolFolder } from './spool-folder.ts';
import { Spool, type AppendOutcome, type SpoolSettings } from './spool.ts';
import { FaultyFolder } from './testing/faulty-folder.ts';
import { makeBatch, numberOf } from './testing/make-batch.ts';
import { VolatileFolder } from './testing/volatile-folder.ts';

const SETTINGS: SpoolSettings = { maxBytes: 1 << 20, segmentBytes: 4_000, groupBytes: 2_000 };
const NOW = 1_700_000_010_000_000;

async function openSpool(
  folder: SpoolFolder,
  settings: Partial<SpoolSettings> = {},
): Promise<{ spool: Spool; lines: LogLine[] }> {
  const lines: LogLine[] = [];
  const telemetry = new Telemetry((line) => lines.push(line));
  const spool = await Spool.open(folder, { ...SETTINGS, ...settings }, telemetry, () => NOW);
  return { spool, lines };
}

/** Empties the spool as the drain does. */
async function drainAll(spool: Spool): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let segment = await spool.oldest(); segment !== null; segment = await spool.oldest()) {
    for (const part of segmentParts(await spool.read(segment))) {
      if (part.kind === 'record') batches.push(decodePayload(part.payload));
    }
    await spool.discard(segment, null);
  }
  return batches;
}

function appendAll(spool: Spool, numbers: readonly number[]): Promise<AppendOutcome[]> {
  return Promise.all(numbers.map((number) => spool.append(makeBatch(number))));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('Spool', () => {
  it('keeps what was appended, in order, over many segments and a restart', async () => {
    const folder = new VolatileFolder();
    const { spool } = await openSpool(folder);
    const outcomes = await appendAll(spool, upTo(60));
    expect(outcomes).toEqual(upTo(60).map(() => ({ kind: 'durable' })));
    await spool.close();
    expect((await folder.list()).length).toBeGreaterThan(5);
    const again = await openSpool(folder);
    expect(again.spool.state).toMatchObject({ batches: 60, oldestAgeMs: 10_000, failure: null });
    await appendAll(again.spool, [60, 61]);
    expect(await drainAll(again.spool)).toEqual(upTo(62).map((number) => makeBatch(number)));
    expect(again.spool.state).toEqual({ bytes: 0, batches: 0, oldestAgeMs: null, failure: null });
    expect(await folder.list()).toEqual([]);
  });

  it('writes and syncs many concurrent appends at once', async () => {
    const telemetry = new Telemetry(() => undefined);
    const spool = await Spool.open(
      new VolatileFolder(),
      { ...SETTINGS, groupBytes: 1 << 20 },
      telemetry,
      () => NOW,
    );
    await appendAll(spool, upTo(100));
    const metrics = await telemetry.metrics();
    expect(metrics).toContain('penstock_spool_appended_batches_total 100\n');
    const syncs = /penstock_spool_sync_seconds_count (\d+)/.exec(metrics)?.[1];
    expect(Number(syncs)).toBeLessThanOrEqual(2);
  });

  it('loses nothing that it called durable when the power goes, whatever reached the disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }),
        fc.nat(40),
        fc.nat(2 ** 31),
        async (bursts, turns, seed) => {
          const random = lehmer(seed);
          const folder = new VolatileFolder();
          const { spool } = await openSpool(folder);
          const durable = new Set<number>();
          let offered = 0;
          for (const burst of bursts) {
            for (let i = 0; i < burst; i++) {
              const number = offered++;
              void spool.append(makeBatch(number)).then(({ kind }) => {
                if (kind === 'durable') durable.add(number);
              });
            }
            await new Promise((resolve) => setImmediate(resolve));
          }
          for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
          const known = [...durable];
          const { spool: found } = await openSpool(folder.losePower(random));
          const drained = await drainAll(found);
          const foundNumbers = drained.map(numberOf);
          expect(foundNumbers).toEqual([...new Set(foundNumbers)].sort((a, b) => a - b));
          expect(foundNumbers).toEqual(expect.arrayContaining(known));
          for (const batch of drained) expect(batch).toEqual(makeBatch(numberOf(batch)));
          expect(Math.max(-1, ...foundNumbers)).toBeLessThan(offered);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('cuts off what was torn at the end of the last segment, at any byte', async () => {
    const records = [1, 2, 3].map((number) => encodeRecord(makeBatch(number)));
    const whole = Buffer.concat(records);
    for (let cut = 0; cut <= whole.length; cut += 3) {
      const folder = new VolatileFolder();
      const file = await folder.create('000000000007.segment');
      await file.append(whole.subarray(0, cut));
      const { spool, lines } = await openSpool(folder);
      const count = records.filter((_, i) => cut >= sum(records.slice(0, i + 1))).length;
      expect(spool.state.batches).toBe(count);
      expect(spool.state.bytes).toBe(sum(records.slice(0, count)));
      const isTorn = cut !== sum(records.slice(0, count));
      expect(lines.map(({ event }) => event)).toEqual(isTorn ? ['spool.tail_truncated'] : []);
      await spool.append(makeBatch(4));
      expect((await drainAll(spool)).map(numberOf)).toEqual([...[1, 2, 3].slice(0, count), 4]);
    }
  });

  it('refuses what exceeds its bound, and takes batches again once there is room', async () => {
    const bytes = sum([1, 4, 7].map((number) => encodeRecord(makeBatch(number))));
    const { spool } = await openSpool(new VolatileFolder(), { maxBytes: bytes + 10 });
    const outcomes = await appendAll(spool, [1, 4, 7, 10]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['durable', 'durable', 'durable', 'refused']);
    expect(spool.state).toMatchObject({ batches: 3, bytes, failure: null });
    expect((await drainAll(spool)).map(numberOf)).toEqual([1, 4, 7]);
    expect(await spool.append(makeBatch(13))).toEqual({ kind: 'durable' });
  });

  it.each(['append', 'create'] as const)(
    'goes on after a disk that was full at the %s, without the part that was written',
    async (call) => {
      const folder = new VolatileFolder();
      const faulty = new FaultyFolder(folder);
      const { spool } = await openSpool(faulty);
      faulty.fail(call, 'ENOSPC');
      expect(await spool.append(makeBatch(1))).toMatchObject({ kind: 'refused' });
      expect(spool.state).toMatchObject({ bytes: 0, batches: 0, failure: null });
      expect(await spool.append(makeBatch(2))).toEqual({ kind: 'durable' });
      await spool.close();
      const again = await openSpool(folder);
      expect(again.lines).toEqual([]);
      expect((await drainAll(again.spool)).map(numberOf)).toEqual([2]);
    },
  );

  it.each(['syncFile', 'append', 'syncFolder'] as const)(
    'acknowledges nothing more after a failed %s, and still gives what it holds',
    async (call) => {
      const folder = new VolatileFolder();
      const faulty = new FaultyFolder(folder);
      const { spool, lines } = await openSpool(faulty);
      await appendAll(spool, [1]);
      await spool.oldest();
      faulty.fail(call, 'EIO');
      const failed = await appendAll(spool, [2, 3]);
      expect(failed.map(({ kind }) => kind)).not.toContain('durable');
      expect(spool.state.failure).toContain('EIO');
      expect(await spool.append(makeBatch(4))).toMatchObject({ kind: 'refused' });
      expect(lines.map(({ event, level }) => [event, level])).toEqual([['spool.failed', 'error']]);
      await spool.close();
      const drained = (await drainAll((await openSpool(folder)).spool)).map(numberOf);
      expect(drained).toContain(1);
      expect(drained).not.toContain(4);
    },
  );

  it('fails for good when a full disk does not even give back what was written', async () => {
    const faulty = new FaultyFolder(new VolatileFolder());
    const { spool } = await openSpool(faulty);
    faulty.fail('append', 'ENOSPC');
    faulty.fail('truncate', 'EIO');
    expect(await spool.append(makeBatch(1))).toMatchObject({ kind: 'unknown' });
    expect(spool.state.failure).toContain('ENOSPC');
  });
});

function sum(records: readonly Buffer[]): number {
  return records.reduce((total, { length }) => total + length, 0);
}

/** A stream of numbers in [0, 1) that follows from the seed (MINSTD). */
function lehmer(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
