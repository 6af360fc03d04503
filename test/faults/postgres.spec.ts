import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Readiness } from '#process';
import { familyOf, signalAll } from '../support/processes.ts';
import { RunningProgram } from '../support/running-program.ts';
import { waitUntil } from '../support/wait-until.ts';
import { EventAccount, verdictLine } from './event-account.ts';
import { Load } from './load.ts';
import { seededRandom, seedOfRun } from './random.ts';
import { readBack } from './read-back.ts';

const STOPPED_MS = 20_000;
const MEMORY_BOUND = 600 * 1024 * 1024;
const MIB = 1024 * 1024;

describe('Postgres fails under load', () => {
  let random: () => number;
  let account: EventAccount;
  let dataFolder: string;
  let program: RunningProgram;
  let load: Load;
  let largestBytes: number;
  let memoryWatch: NodeJS.Timeout;

  async function start(
    requestsPerSecond: number,
    eventsPerRequest: number,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    program = await RunningProgram.start({ dataFolder, environment });
    largestBytes = 0;
    memoryWatch = setInterval(() => {
      largestBytes = Math.max(largestBytes, program.residentBytes);
    }, 100);
    load = new Load(program.url, {
      account,
      random,
      senders: 48,
      requestsPerSecond,
      eventsPerRequest,
    });
    await load.acknowledges(50);
  }

  beforeEach(async () => {
    random = seededRandom(seedOfRun('Postgres fails'));
    account = new EventAccount(new Date().toISOString());
    dataFolder = await mkdtemp(join(tmpdir(), 'penstock-faults-'));
  });

  afterEach(async () => {
    clearInterval(memoryWatch);
    await program.kill();
    await load.abandon();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const postgresFamily = (): number[] => familyOf(program.postmaster!);

  async function readiness(): Promise<{ status: number; reasons: string }> {
    const response = await fetch(`${program.url}/health/ready`);
    const { dependencies } = (await response.json()) as Readiness;
    const failing = dependencies.filter(({ ok }) => !ok);
    const reasons = failing.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    return { status: response.status, reasons };
  }

  const becomesReady = (): Promise<void> =>
    waitUntil('readiness', async () => (await readiness()).status === 200);

  async function settle(acked: number): Promise<void> {
    await load.finish();
    await readBack(program.url, account);
    const verdict = account.verdict();
    const answers = JSON.stringify(Object.fromEntries(load.answers));
    process.stderr.write(
      `${verdictLine(verdict, 1)}\nmemory at most ${Math.round(largestBytes / MIB)} MiB; answers ${answers}\n`,
    );
    expect(load.violations).toEqual([]);
    expect(verdict).toMatchObject({ lost: 0, dup: 0, foreign: 0, corrupt: 0 });
    expect(verdict.acked).toBeGreaterThanOrEqual(acked);
    expect(largestBytes).toBeLessThan(MEMORY_BOUND);
  }

  it('stopped for 20 s: senders wait or get 503, and it goes on by itself', async () => {
    // So small that the load fills them within the time that Postgres is away.
    await start(300, 400, {
      QUEUE_BYTES: String(MIB),
      INGEST_BYTES_IN_FLIGHT: String(8 * MIB),
    });
    const family = postgresFamily();
    const begun = performance.now();
    signalAll(family, 'SIGSTOP');
    try {
      await waitUntil('a readiness that says no', async () => (await readiness()).status === 503);
      expect((await readiness()).reasons).toMatch(/^postgres: .+/);
      expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
      await waitUntil('a 503', () => load.answers.has('503 overloaded'), STOPPED_MS);
      await delay(STOPPED_MS - (performance.now() - begun));
    } finally {
      signalAll(family, 'SIGCONT');
    }
    await load.acknowledges(200);
    await becomesReady();
    // Unknown is the outcome only of a request of several batches of which the full queue took some.
    expect(load.answers.has('broken')).toBe(false);
    await settle(10_000);
  }, 120_000);

  it('killed -9, its first process and all of its processes: the program stays and goes on', async () => {
    await start(300, 60);
    for (const victims of [() => [program.postmaster!], postgresFamily, postgresFamily]) {
      signalAll(victims(), 'SIGKILL');
      await load.acknowledges(100);
      await becomesReady();
    }
    expect(program.isRunning).toBe(true);
    expect(program.log.filter(({ event }) => event === 'postgres.exited')).toHaveLength(3);
    expect([...load.answers.keys()].sort()).toEqual(['202']);
    await settle(2_000);
  }, 120_000);

  it('killed -9, one of its connections: the server recovers and the program goes on', async () => {
    await start(300, 60);
    const { postmaster } = program;
    const backends = postgresFamily().filter((pid) => pid !== postmaster);
    signalAll(backends.slice(-1), 'SIGKILL');
    await load.acknowledges(100);
    await becomesReady();
    expect(program.postmaster).toBe(postmaster);
    expect([...load.answers.keys()].sort()).toEqual(['202']);
    await settle(2_000);
  }, 120_000);

  it('does not answer when the program is told to stop: it ends within bounds, and nothing is lost', async () => {
    await start(300, 60);
    const family = postgresFamily();
    signalAll(family, 'SIGSTOP');
    try {
      await waitUntil('a readiness that says no', async () => (await readiness()).status === 503);
      const begun = performance.now();
      const exit = program.stop();
      await load.pause();
      expect(await exit).toEqual({ code: 0, signal: null });
      // Everyone is told, rather than cut off.
      expect(load.answers.has('503 outcome-unknown')).toBe(true);
      expect(load.answers.has('broken')).toBe(false);
      expect(performance.now() - begun).toBeLessThan(10_000);
    } finally {
      // What is left of it wakes up, and finds that its first process is gone.
      signalAll(family, 'SIGCONT');
    }
    program = await RunningProgram.start({ dataFolder });
    load.resume(program.url);
    await load.acknowledges(100);
    await settle(2_000);
  }, 120_000);
});
