import { afterEach, describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { waitUntil } from '../../test/support/wait-until.ts';
import { DependencyHealth } from './dependency-health.ts';

describe('DependencyHealth', () => {
  let now = new Date('2026-01-01T00:00:00Z');
  let events: string[] = [];
  let health: DependencyHealth;

  const open = (): DependencyHealth => {
    events = [];
    now = new Date('2026-01-01T00:00:00Z');
    health = new DependencyHealth(new Telemetry(({ event }) => events.push(event)), () => now);
    return health;
  };
  const later = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1_000);
  };

  afterEach(() => {
    health.close();
  });

  it('is ready once it runs and all that is required is there', () => {
    const queue = open().add('rabbitmq', { required: true });
    const ledger = health.add('postgres', { required: false });
    queue.up();
    ledger.up();
    expect(health.readiness()).toMatchObject({
      ready: false,
      reason: 'the process is starting',
    });
    health.started();
    expect(health.readiness()).toMatchObject({ ready: true, reason: null });
    health.stopping();
    expect(health.readiness()).toMatchObject({ ready: false, reason: 'the process is stopping' });
  });

  it('counts a dependency as away until it was reached', () => {
    open().add('postgres', { required: true });
    health.started();
    expect(health.readiness()).toEqual({
      ready: false,
      reason: null,
      dependencies: [
        {
          name: 'postgres',
          required: true,
          ok: false,
          since: '2026-01-01T00:00:00.000Z',
          reason: 'not reached yet',
        },
      ],
    });
  });

  it('names what is away, since when and why, and stays ready without what is optional', () => {
    const postgres = open().add('postgres', { required: false });
    health.started();
    postgres.up();
    later(60);
    postgres.down('connection refused');
    later(60);
    postgres.down('no route to host');
    expect(health.readiness()).toMatchObject({
      ready: true,
      dependencies: [{ ok: false, since: '2026-01-01T00:01:00.000Z', reason: 'no route to host' }],
    });
    later(60);
    postgres.up();
    postgres.up();
    expect(health.readiness()).toMatchObject({
      dependencies: [{ ok: true, since: '2026-01-01T00:03:00.000Z', reason: null }],
    });
    expect(events).toEqual(['process.dependency-lost', 'process.dependency-back']);
  });

  it('asks again and again', async () => {
    let isAway = false;
    const postgres = open().add('postgres', { required: true });
    health.started();
    health.watch(postgres, () => (isAway ? Promise.reject(new Error('gone')) : Promise.resolve()), {
      intervalMs: 1,
    });
    await waitUntil('readiness', () => health.readiness().ready);
    isAway = true;
    await waitUntil('no readiness', () => !health.readiness().ready);
    expect(health.readiness().dependencies[0]?.reason).toBe('gone');
    isAway = false;
    await waitUntil('readiness again', () => health.readiness().ready);
  });

  it('does not wait for a dependency that hangs, and asks it one question at a time', async () => {
    let questions = 0;
    const answer = Promise.withResolvers<undefined>();
    const postgres = open().add('postgres', { required: true });
    health.started();
    postgres.up();
    health.watch(
      postgres,
      async () => {
        questions++;
        await answer.promise;
      },
      { intervalMs: 1, timeoutMs: 5 },
    );
    await waitUntil('no readiness', () => !health.readiness().ready);
    expect(health.readiness().dependencies[0]?.reason).toBe(
      'postgres does not answer within 0.005 s',
    );
    expect(questions).toBe(1);
    answer.resolve(undefined);
    await waitUntil('readiness', () => health.readiness().ready);
  });
});
