import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isRunning, signalAll, waitForEnd } from '../support/processes.ts';
import { RunningProgram } from '../support/running-program.ts';
import { EventAccount, verdictLine } from './event-account.ts';
import { Load } from './load.ts';
import { integerBetween, seededRandom, seedOfRun, shuffled } from './random.ts';
import { readBack, storedCount } from './read-back.ts';

type Kill =
  /** Node, Postgres and all of its processes. */
  | 'program'
  /** The same, and once more while it starts. */
  | 'program-twice'
  /** Node alone: Postgres stays behind. */
  | 'node'
  /** The first process of Postgres alone, which Node starts again. */
  | 'postmaster';

const ROUNDS: readonly Kill[] = [
  ...Array<Kill>(9).fill('program'),
  ...Array<Kill>(3).fill('program-twice'),
  ...Array<Kill>(4).fill('node'),
  ...Array<Kill>(4).fill('postmaster'),
];
/** Fewer acknowledged events than these prove nothing. */
const ACKED_FLOOR = 20_000;
const MAX_RESTART_MS = 20_000;

describe('kill -9 under load', () => {
  const random = seededRandom(seedOfRun('kill -9'));
  const account = new EventAccount(new Date().toISOString());
  let dataFolder: string;
  let program: RunningProgram;
  let load: Load;
  let slowestMs = 0;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'penstock-faults-'));
    program = await RunningProgram.start({ dataFolder });
    load = new Load(program.url, {
      account,
      random,
      senders: 8,
      requestsPerSecond: 250,
      eventsPerRequest: 30,
    });
  }, 60_000);

  afterAll(async () => {
    await program.kill();
    await load.abandon();
    await rm(dataFolder, { recursive: true, force: true });
  });

  /** Everything acknowledged is there, and nothing that was not sent. */
  async function checkCount(): Promise<void> {
    const { acked } = account;
    const count = await storedCount(program.url);
    expect(count).toBeGreaterThanOrEqual(acked);
    expect(count).toBeLessThanOrEqual(account.possible);
  }

  async function restart(): Promise<void> {
    const begun = performance.now();
    program = await RunningProgram.start({ dataFolder });
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    await checkCount();
    load.resume(program.url);
  }

  const kills: Readonly<Record<Kill, () => Promise<void>>> = {
    program: async () => {
      const family = program.family;
      signalAll(shuffled(family, random), 'SIGKILL');
      await waitForEnd(family);
      await load.pause();
      await restart();
    },
    'program-twice': async () => {
      await program.kill();
      await load.pause();
      const starting = RunningProgram.launch({ dataFolder });
      await delay(random() * 1_500);
      await starting.kill();
      await restart();
    },
    node: async () => {
      const { postmaster } = program;
      signalAll([program.pid], 'SIGKILL');
      await program.exit;
      await load.pause();
      expect(postmaster !== null && isRunning(postmaster)).toBe(true);
      await restart();
      expect(program.log.map(({ event }) => event)).toContain('postgres.orphan');
    },
    postmaster: async () => {
      signalAll([program.postmaster!], 'SIGKILL');
      const begun = performance.now();
      // More than the requests that may have been committed already.
      await load.acknowledges(50);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      expect(program.isRunning).toBe(true);
      await checkCount();
    },
  };

  it.each(shuffled(ROUNDS, random).map((kill, i) => ({ round: i + 1, kill })))(
    'round $round: $kill',
    async ({ kill }) => {
      await load.acknowledges(integerBetween(random, 20, 300));
      await delay(random() * 20);
      await kills[kill]();
    },
    120_000,
  );

  it('finds every acknowledged event exactly once, and unchanged', async () => {
    await load.finish();
    await readBack(program.url, account);
    const verdict = account.verdict();
    process.stderr.write(
      `${verdictLine(verdict, ROUNDS.length)}\nslowest recovery ${Math.round(slowestMs)} ms; answers ${JSON.stringify(Object.fromEntries(load.answers))}\n`,
    );
    expect(load.violations).toEqual([]);
    expect(verdict).toMatchObject({ lost: 0, dup: 0, foreign: 0, corrupt: 0 });
    expect(verdict.acked).toBeGreaterThanOrEqual(ACKED_FLOOR);
    expect(slowestMs).toBeLessThan(MAX_RESTART_MS);
  }, 120_000);
});
