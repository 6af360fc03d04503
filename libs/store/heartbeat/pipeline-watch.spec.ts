import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Telemetry } from '#telemetry';
import type { ConnectionPool } from '../connection-pool.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { startLossyProxy, type LossyProxy } from '../testing/lossy-proxy.ts';
import { openTestStore, type TestStore } from '../testing/open-test-store.ts';
import { until } from '../testing/waiting.ts';
import type { PipelineEvent } from './changes.ts';
import { expireHeartbeats } from './expire-heartbeats.ts';
import type { PipelineNews } from './health-follower.ts';
import { openHealthPool } from './health-pool.ts';
import { startHeartbeat, type Heartbeat } from './heartbeat.ts';
import type { PipelineHealth } from './pipeline-health.ts';
import { pipelineMeasures } from './pipeline-measures.ts';
import { watchPipeline, type PipelineWatch } from './pipeline-watch.ts';

const PROCESS = join(import.meta.dirname, 'testing/beating-process.ts');

let db: TestStore;
const lines: string[] = [];
const telemetry = new Telemetry(({ event }) => lines.push(event));
const watches: PipelineWatch[] = [];
const heartbeats: Heartbeat[] = [];
const children: ChildProcess[] = [];
const pools: ConnectionPool[] = [];
const proxies: LossyProxy[] = [];

beforeAll(async () => {
  db = await openTestStore();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(heartbeats.splice(0).map((heartbeat) => heartbeat.stop()));
  await Promise.all(watches.splice(0).map((watch) => watch.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await db.query('TRUNCATE process_heartbeat, quarantine');
  lines.length = 0;
});
afterAll(() => db.close());

function watchOf(url: string, self: string | null = null): PipelineWatch {
  const pool = openHealthPool({ url, telemetry });
  pools.push(pool);
  const watch = watchPipeline({ pool: pool.pool, telemetry, self, pollMs: 200 });
  watches.push(watch);
  return watch;
}

async function openProxy(): Promise<LossyProxy> {
  const proxy = await startLossyProxy(db.url);
  proxies.push(proxy);
  return proxy;
}

/** Starts the process and waits for its first beat. */
async function startProcess(url = db.url): Promise<{ id: string; child: ChildProcess }> {
  const id = randomUUID();
  const child = spawn(process.execPath, ['--conditions=source', PROCESS, url, id, 'writer'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
  });
  children.push(child);
  await until(async () => {
    const rows = await db.query('SELECT FROM process_heartbeat WHERE id = $1', [id]);
    return rows.length === 1;
  }, 20_000);
  return { id, child };
}

function beat(change: Partial<Parameters<typeof startHeartbeat>[0]> = {}): Heartbeat {
  const heartbeat = startHeartbeat({
    pool: db.store.healthPool,
    process: { kind: 'gateway', version: '1.0.0' },
    figures: () => ({}),
    telemetry,
    intervalMs: 100,
    ...change,
  });
  heartbeats.push(heartbeat);
  return heartbeat;
}

/** Follows a watch until its test ends. */
function record(watch: PipelineWatch): { states: PipelineHealth[]; events: PipelineEvent[] } {
  const seen = { states: [] as PipelineHealth[], events: [] as PipelineEvent[] };
  const take = (news: PipelineNews): void => {
    if (news.kind === 'health') seen.states.push(news.health);
    else seen.events.push(news.event);
  };
  void (async () => {
    for await (const all of watch.follow(new AbortController().signal)) all.forEach(take);
  })();
  return seen;
}

const stateOf = async (watch: PipelineWatch, id: string): Promise<string | undefined> =>
  (await watch.current()).processes.find((process) => process.id === id)?.state;

describe('PipelineWatch', () => {
  test('tells within 10 s of a process that was killed, and of one that stopped at once', async () => {
    const watch = watchOf(db.url);
    const { states, events } = record(watch);
    const [killed, stopped] = await Promise.all([startProcess(), startProcess()]);
    await until(async () => (await watch.current()).processes.length === 2);
    expect(await watch.current()).toMatchObject({
      stale: null,
      backlog: { ready: 7, unacked: 4, bytes: 900 },
      oldestUnwrittenSeconds: 1.5,
      quarantine: { count: 0, more: false },
      processes: expect.arrayContaining([
        expect.objectContaining({
          id: killed.id,
          kind: 'writer',
          version: '1.2.3',
          host: 'test-host',
          state: 'alive',
        }),
      ]),
    });
    stopped.child.kill('SIGTERM');
    await until(async () => (await stateOf(watch, stopped.id)) === 'stopped');
    expect(await stateOf(watch, killed.id)).toBe('alive');

    const killedAt = performance.now();
    killed.child.kill('SIGKILL');
    await until(() => events.some(({ name }) => name === 'process-died'), 10_000);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    expect(events.map(({ name }) => name).sort()).toEqual([
      'process-died',
      'process-joined',
      'process-joined',
      'process-stopped',
    ]);
    const died = events.find(({ name }) => name === 'process-died');
    expect(died).toMatchObject({ process: { id: killed.id, kind: 'writer', host: 'test-host' } });
    expect(lines).toContain('store.process_died');
    await until(() => states.at(-1)?.backlog.ready === null);
    expect(states[0]?.processes).toEqual([]);
  }, 60_000);

  test('calls nobody dead while Postgres is away, nor after it is back', async () => {
    const proxy = await openProxy();
    const { id } = await startProcess(proxy.url);
    const self = beat();
    const watch = watchOf(proxy.url, self.id);
    await until(async () => (await stateOf(watch, self.id)) === 'alive');
    expect(await stateOf(watch, id)).toBe('alive');
    const { events, states } = record(watch);
    const before = await watch.current();

    await proxy.close();
    await until(async () => (await watch.current()).stale !== null);
    const goneAt = performance.now();
    // Longer than a process may be silent while Postgres is there.
    await until(() => performance.now() - goneAt > 7_500, 20_000);
    const away = await watch.current();
    expect(away.processes.map((process) => process.state)).toEqual(['alive', 'alive']);
    expect(away.at).toBeGreaterThan(before.at + 7_000_000);
    expect(away.away).toMatchObject([{ name: 'postgres', since: away.stale!.since }]);
    expect(lines.filter((line) => line === 'store.health_unreadable')).toHaveLength(1);

    await proxy.reopen();
    await until(async () => (await watch.current()).stale === null);
    const backAt = performance.now();
    await until(() => performance.now() - backAt > 8_000, 20_000);
    expect((await watch.current()).processes.map(({ state }) => state)).toEqual(['alive', 'alive']);
    expect(states.flatMap((health) => health.processes.map(({ state }) => state))).not.toContain(
      'dead',
    );
    expect(events.map(({ name }) => name)).toEqual(['dependency-away', 'dependency-back']);
  }, 60_000);

  test('counts the quarantine up to a bound', async () => {
    await db.query(`INSERT INTO quarantine (reason, detail, events, raw)
      SELECT 'r', '', 1, '' FROM generate_series(1, 10001)`);
    expect((await watchOf(db.url).current()).quarantine).toEqual({ count: 10_000, more: true });
  });

  test('gives a reader who is behind the latest state and what happened, once', async () => {
    const watch = watchOf(db.url);
    const follow = watch.follow(new AbortController().signal);
    expect((await follow.next()).value).toMatchObject([{ kind: 'health' }]);
    const [one, two] = [beat(), beat()];
    await until(async () => (await watch.current()).processes.length === 2);
    await one.stop();
    await until(async () => (await stateOf(watch, one.id)) === 'stopped');
    const news = (await follow.next()).value as PipelineNews[];
    const [last, ...events] = news.toReversed();
    expect(events.map((each) => each.kind === 'event' && each.event.name).sort()).toEqual([
      'process-joined',
      'process-joined',
      'process-stopped',
    ]);
    const states = new Map(
      last?.kind === 'health' ? last.health.processes.map(({ id, state }) => [id, state]) : [],
    );
    expect(states).toEqual(
      new Map([
        [one.id, 'stopped'],
        [two.id, 'alive'],
      ]),
    );
    const ended = follow.next();
    await watch.close();
    expect(await ended).toEqual({ value: undefined, done: true });
  });
});

describe('Heartbeat', () => {
  test('writes one row with rates, says that it stops, and that it stopped', async () => {
    const counting = new Telemetry(() => undefined);
    const heartbeat = beat({
      figures: pipelineMeasures({
        telemetry: counting,
        queue: { depth: () => Promise.reject(new Error('the broker is away')) },
        away: () => [{ name: 'rabbitmq', reason: 'refused', forSeconds: 3 }],
      }),
    });
    const row = async () => (await db.query('SELECT * FROM process_heartbeat'))[0];
    await until(async () => (await row()) !== undefined);
    expect(await row()).toMatchObject({
      id: heartbeat.id,
      kind: 'gateway',
      phase: 'alive',
      figures: {
        ingestEvents: { last10s: 0, last1m: 0 },
        storedEvents: { last10s: 0, last1m: 0 },
        away: [{ name: 'rabbitmq', reason: 'refused', forSeconds: 3 }],
      },
    });
    expect((await row())!['figures']).not.toHaveProperty('queue');
    heartbeat.announceStop();
    await until(async () => (await row())!['phase'] === 'stopping');
    await heartbeat.stop();
    expect((await row())!['phase']).toBe('stopped');
    expect(await db.query('SELECT FROM process_heartbeat')).toHaveLength(1);
    await heartbeat.stop();
  });

  test('says once that it cannot be heard, and goes on', async () => {
    const proxy = await openProxy();
    const pool = openHealthPool({ url: proxy.url, telemetry });
    pools.push(pool);
    await proxy.close();
    let beats = 0;
    const heartbeat = beat({
      pool: pool.pool,
      figures: () => {
        beats += 1;
        if (beats === 2) throw new Error('no figures');
        return {};
      },
    });
    await until(() => beats > 5);
    expect(lines).toEqual(['store.heartbeats_failing']);
    await proxy.reopen();
    await until(() => lines.includes('store.heartbeats_resumed'));
    await heartbeat.stop();
    expect(lines).toEqual(['store.heartbeats_failing', 'store.heartbeats_resumed']);
  });

  test('of a process that has been gone for a day is forgotten', async () => {
    await db.query(`INSERT INTO process_heartbeat (id, kind, version, host, started_at, last_seen, phase, figures)
      SELECT gen_random_uuid(), 'writer', '1', 'h', now(), now() - n * interval '1 hour', 'alive', '{}'
        FROM generate_series(1, 30) AS n`);
    const runner = new JobRunner({ pool: db.store.jobPool, telemetry, random: () => 0.5 });
    expect(await runner.runOnce(expireHeartbeats)).toEqual({ done: 7, more: false });
    await db.query(`INSERT INTO process_heartbeat (id, kind, version, host, started_at, last_seen, phase, figures)
      SELECT gen_random_uuid(), 'writer', '1', 'h', now(), now() - n * interval '61 seconds', 'alive', '{}'
        FROM generate_series(1, 500) AS n`);
    await runner.runOnce(expireHeartbeats);
    expect(await db.query('SELECT FROM process_heartbeat')).toHaveLength(500);
    await runner.close();
  });
});
