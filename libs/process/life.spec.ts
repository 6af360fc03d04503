import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { ClosingSteps } from './closing-steps.ts';
import { DependencyHealth } from './dependency-health.ts';
import { Life } from './life.ts';

describe('Life', () => {
  let closed: string[];
  let exits: number[];
  let life: Life;
  let health: DependencyHealth;
  let exited: Promise<void>;

  beforeEach(() => {
    const telemetry = new Telemetry(() => undefined);
    const steps = new ClosingSteps(telemetry);
    closed = [];
    exits = [];
    for (const name of ['first', 'second'])
      steps.add(name, 1_000, () => {
        closed.push(name);
      });
    health = new DependencyHealth(telemetry);
    const exit = Promise.withResolvers<undefined>();
    exited = exit.promise;
    life = new Life({
      telemetry,
      health,
      steps,
      exit: (code) => {
        exits.push(code);
        exit.resolve(undefined);
      },
    });
  });

  it('closes in reverse order at its end and exits once, with the first code', async () => {
    expect(await life.begin(() => Promise.resolve('url'))).toBe('url');
    expect(health.readiness().ready).toBe(true);
    life.stop('SIGTERM');
    expect(health.readiness().ready).toBe(false);
    expect(life.stopping.aborted).toBe(true);
    await exited;
    expect(closed).toEqual(['second', 'first']);
    expect(exits).toEqual([0]);
  });

  it('exits with 1 after a crash', async () => {
    await life.begin(() => Promise.resolve('url'));
    life.crash(new Error('unexpected'));
    await exited;
    expect(exits).toEqual([1]);
  });

  it('closes what a start that failed had opened, and passes the error on', async () => {
    const failure = new Error('no port');
    await expect(life.begin(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(closed).toEqual(['second', 'first']);
    expect(exits).toEqual([]);
  });

  it('aborts a start that is under way, and exits with 0', async () => {
    const begun = life.begin(
      () =>
        new Promise<string>((_resolve, reject) => {
          life.stopping.addEventListener('abort', () => {
            reject(new Error('told to end'));
          });
        }),
    );
    life.stop('SIGTERM');
    expect(await begun).toBeNull();
    expect(closed).toEqual(['second', 'first']);
    expect(exits).toEqual([0]);
  });

  it('ends after a start that was over before it noticed', async () => {
    const gate = Promise.withResolvers<string>();
    const begun = life.begin(() => gate.promise);
    life.stop('SIGTERM');
    gate.resolve('url');
    expect(await begun).toBeNull();
    expect(exits).toEqual([0]);
  });

  it('leaves a start that does not end, after 5 s', async () => {
    jest.useFakeTimers();
    void life.begin(() => new Promise(() => undefined));
    life.stop('SIGTERM');
    await jest.advanceTimersByTimeAsync(4_999);
    expect(exits).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    jest.useRealTimers();
    expect(closed).toEqual(['second', 'first']);
    expect(exits).toEqual([0]);
  });
});
