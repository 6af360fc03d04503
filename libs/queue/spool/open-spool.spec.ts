import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Telemetry, type LogLine } from '#telemetry';
import { waitUntil } from '../../../test/support/wait-until.ts';
import type { PublishOutcome } from '../log-queue.ts';
import { openSpool, type OpenSpool, type SpoolOptions } from './open-spool.ts';
import { Broker } from './testing/broker.ts';
import { FaultyFolder } from './testing/faulty-folder.ts';
import { makeBatch, numberOf } from './testing/make-batch.ts';

const KILLS = 8;

let folder: string;
let broker: Broker;
let spool: OpenSpool;
let lines: LogLine[];
let telemetry: Telemetry;
const wait = new AbortController().signal;

async function open(more: Partial<SpoolOptions> = {}): Promise<void> {
  lines = [];
  telemetry = new Telemetry((line) => lines.push(line));
  spool = await openSpool({
    folder,
    maxBytes: 1 << 24,
    segmentBytes: 8_000,
    confirmWaitMs: 50,
    drain: { inFlight: 4, backoff: { baseMs: 2, maxMs: 10 }, readAttempts: 3 },
    publisher: broker,
    telemetry,
    ...more,
  });
}

const publish = (number: number): Promise<PublishOutcome> =>
  spool.publisher.publish(makeBatch(number), wait);
const publishAll = (numbers: readonly number[]): Promise<PublishOutcome[]> =>
  Promise.all(numbers.map(publish));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const events = (): string[] => lines.map(({ event }) => event);
const isDrained = (): Promise<void> =>
  waitUntil('an empty spool', () => spool.state().batches === 0);

async function segments(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.includes('.segment')).sort();
}

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'penstock-spool-')), 'spool');
  broker = new Broker();
});
afterEach(async () => {
  await spool.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('a spool', () => {
  it('is not used while the broker takes the batches', async () => {
    await open();
    expect(await publishAll(upTo(20))).toEqual(upTo(20).map(() => ({ kind: 'durable' })));
    expect(broker.taken).toHaveLength(20);
    expect(await segments()).toEqual([]);
    expect(spool.state()).toMatchObject({ batches: 0, bytes: 0, brokerAway: false });
  });

  it('keeps batches while the broker is away, and drains them once, in order, when it is back', async () => {
    broker.goAway();
    await open();
    expect(await publishAll(upTo(200))).toEqual(upTo(200).map(() => ({ kind: 'durable' })));
    expect(spool.state()).toMatchObject({ batches: 200, brokerAway: true, failure: null });
    expect(spool.readiness()).toBeNull();
    expect(await telemetry.metrics()).toContain('penstock_spool_batches 200\n');
    broker.comeBack();
    await isDrained();
    expect(broker.taken).toEqual(upTo(200).map((number) => makeBatch(number)));
    expect(broker.mostAtOnce).toBeGreaterThan(1);
    await waitUntil('no segments', async () => (await segments()).length === 0);
    expect(spool.state()).toMatchObject({ bytes: 0, brokerAway: false });
    expect(events()).toEqual(['spool.opened', 'spool.broker_away', 'spool.broker_back']);
  });

  it('has at most the allowed number of batches on their way while it drains', async () => {
    broker.goAway();
    await open();
    await publishAll(upTo(100));
    broker.mostAtOnce = 0;
    broker.comeBack();
    await isDrained();
    expect(broker.mostAtOnce).toBe(4);
  });

  it('leaves the broker alone while it is away, but for one batch at a time', async () => {
    broker.goAway();
    await open({
      drain: { inFlight: 4, backoff: { baseMs: 60_000, maxMs: 60_000 }, readAttempts: 3 },
    });
    await publish(0);
    const before = broker.offered;
    await publishAll(upTo(50));
    expect(broker.offered).toBe(before);
  });

  it('takes batches that the broker does not confirm in time', async () => {
    await open();
    broker.hang();
    expect(await publish(1)).toEqual({ kind: 'durable' });
    expect(spool.state()).toMatchObject({ batches: 1, brokerAway: true });
    broker.comeBack();
    await isDrained();
    expect(broker.taken.map(numberOf)).toEqual([1]);
  });

  it('does not hide a full queue, also when it finds one after an outage', async () => {
    await open();
    const full: PublishOutcome = {
      kind: 'overloaded',
      retryAfterMs: 1,
      reason: 'full',
      full: true,
    };
    broker.answers(() => full);
    expect(await publish(1)).toEqual(full);
    expect(await segments()).toEqual([]);
    broker.goAway();
    expect(await publish(2)).toEqual({ kind: 'durable' });
    broker.answers(() => full);
    await waitUntil('the broker is known to be back', () => !spool.state().brokerAway);
    expect(await publish(3)).toEqual(full);
    broker.comeBack();
    await isDrained();
    expect(broker.taken.map(numberOf)).toEqual([2]);
  });

  it('passes on a conflict', async () => {
    await open();
    broker.answers(() => ({ kind: 'conflict' }));
    expect(await publish(1)).toEqual({ kind: 'conflict' });
  });

  it('refuses with a delay when it is full, says so to probes, and recovers', async () => {
    broker.goAway();
    await open({ maxBytes: 3_000 });
    const outcomes = await publishAll(upTo(10));
    const refused = outcomes.filter(({ kind }) => kind !== 'durable');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ kind: 'overloaded', reason: expect.stringMatching(/full/) });
      expect(outcome.kind === 'overloaded' && outcome.retryAfterMs).toBeGreaterThan(0);
    }
    expect(spool.state().bytes).toBeLessThanOrEqual(3_000);
    broker.comeBack();
    await isDrained();
    expect(await publish(99)).toEqual({ kind: 'durable' });
    expect(broker.taken).toHaveLength(10 - refused.length + 1);
  });

  it('calls the outcome unknown when the broker may have a batch that the spool refuses', async () => {
    await open({ maxBytes: 10 });
    broker.hang();
    expect(await publish(1)).toMatchObject({ kind: 'unknown' });
  });

  it('keeps what is not drained at its end for the next start', async () => {
    broker.goAway();
    await open();
    await publishAll(upTo(30));
    broker.hang();
    await spool.close();
    broker.comeBack();
    await open();
    expect(events()).toContain('spool.opened');
    await publish(30);
    await isDrained();
    expect(broker.taken.map(numberOf).sort((a, b) => a - b)).toEqual(upTo(31));
    expect(broker.taken.map(numberOf).filter((number) => number !== 30)).toEqual(upTo(30));
  });

  it('passes over damage in the middle of a segment, and keeps the segment', async () => {
    broker.goAway();
    await open();
    await publishAll(upTo(60));
    await spool.close();
    const [first = ''] = await segments();
    const content = await readFile(join(folder, first));
    content[200]! ^= 0xff;
    await writeFile(join(folder, first), content);
    broker.comeBack();
    await open();
    await isDrained();
    await waitUntil('the segment is set aside', async () => (await segments()).length === 1);
    expect(await segments()).toEqual([`${first}.bad`]);
    expect(broker.taken.map(numberOf)).toEqual(upTo(60).filter((number) => number !== 0));
    expect(events()).toContain('spool.segment_set_aside');
    expect(await telemetry.metrics()).toContain('penstock_spool_set_aside_segments_total 1\n');
    // It counts for as long as it is there.
    expect(spool.state().bytes).toBe(content.length);
    await spool.close();
    await open();
    expect(spool.state()).toMatchObject({ batches: 0, bytes: content.length });
  });

  it('keeps a segment with a batch that the broker will never take', async () => {
    broker.goAway();
    await open();
    await publishAll(upTo(10));
    broker.answers((batch) => {
      if (numberOf(batch) === 4) throw new Error('too large');
      return { kind: 'durable' };
    });
    await isDrained();
    await waitUntil('the segment is set aside', () => events().includes('spool.segment_set_aside'));
    expect(broker.taken.map(numberOf)).toEqual(upTo(10).filter((number) => number !== 4));
    expect(lines.at(-1)?.message).toContain('too large');
  });

  it('sets a segment aside that cannot be read, and drains the rest', async () => {
    broker.goAway();
    const faulty: FaultyFolder[] = [];
    await open({
      wrapFolder: (inner) => {
        faulty.push(new FaultyFolder(inner));
        return faulty[0]!;
      },
    });
    await publish(0);
    faulty[0]!.fail('read', 'EIO', 3);
    await waitUntil('the segment is set aside', () => events().includes('spool.segment_set_aside'));
    await publishAll([1, 2]);
    broker.comeBack();
    await isDrained();
    expect(broker.taken.map(numberOf)).toEqual([1, 2]);
  });

  it('stops acknowledging and says so to probes after a failed fsync, and leaves the broker in use', async () => {
    const faulty: FaultyFolder[] = [];
    await open({
      wrapFolder: (inner) => {
        faulty.push(new FaultyFolder(inner));
        return faulty[0]!;
      },
    });
    broker.goAway();
    faulty[0]!.fail('syncFile', 'EIO');
    expect(await publish(1)).toMatchObject({ kind: 'unknown' });
    expect(spool.readiness()).toMatch(/EIO/);
    expect(await publish(2)).toMatchObject({ kind: 'overloaded' });
    broker.comeBack();
    expect(await publish(3)).toEqual({ kind: 'durable' });
    expect(await telemetry.metrics()).toContain('penstock_spool_failures_total 1\n');
  });

  it('admits one process per folder, until it has ended', async () => {
    await open();
    const another = (): Promise<OpenSpool> =>
      openSpool({
        folder,
        maxBytes: 1,
        publisher: broker,
        telemetry: new Telemetry(() => undefined),
      });
    await expect(another()).rejects.toThrow(/in use by another process/);
    await spool.close();
    spool = await another();
  });

  it('drains every batch that a killed process had called durable', async () => {
    const reported = new Set<number>();
    for (let round = 0; round < KILLS; round++) {
      await appendUntilKilled(reported, 200 + round * 150);
    }
    broker.comeBack();
    await open();
    await isDrained();
    const drained = new Set(broker.taken.map(numberOf));
    const lost = [...reported].filter((number) => !drained.has(number));
    process.stderr.write(
      `spool: ${KILLS} kills, ${reported.size} reported durable, ${drained.size} drained, lost ${lost.length}\n`,
    );
    expect(lost).toEqual([]);
    expect(drained.size).toBe(broker.taken.length);
    expect(broker.taken.every((batch) => batch.events.length > 0)).toBe(true);
    expect(events()).not.toContain('spool.segment_set_aside');
  }, 60_000);
});

/** Runs the program until it has reported so many batches, and kills it in the middle of what it does. */
async function appendUntilKilled(reported: Set<number>, count: number): Promise<void> {
  const program = join(import.meta.dirname, 'testing/append-until-killed.ts');
  const first = Math.max(-1, ...reported) + 1_000;
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--conditions=source',
      program,
      folder,
      String(first),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
  );
  const ended = once(child, 'close');
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    reported.add(Number(line));
    if (++seen === count) child.kill('SIGKILL');
  }
  await ended;
  expect(seen).toBeGreaterThanOrEqual(count);
}
