import { describe, expect, it } from '@jest/globals';
import { Telemetry } from '#telemetry';
import { DependencyHealth } from './dependency-health.ts';
import { openWhenReachable, type OpeningOptions } from './open-when-reachable.ts';
import { StartupError } from './startup-error.ts';

class Away extends Error {}

describe('openWhenReachable', () => {
  const health = new DependencyHealth(new Telemetry(() => undefined));
  let now = 0;
  const stopping = new AbortController();

  const options = (change: Partial<OpeningOptions> = {}): OpeningOptions => ({
    dependency: health.add('postgres', { required: true }),
    timeoutMs: 10_000,
    signal: stopping.signal,
    isTransient: (error) => error instanceof Away,
    random: () => 0.5,
    clock: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    ...change,
  });
  const failing = (failures: number) => {
    let attempts = 0;
    return () =>
      ++attempts <= failures ? Promise.reject(new Away('refused')) : Promise.resolve(attempts);
  };

  it('tries until it is there, and says so', async () => {
    expect(await openWhenReachable(failing(4), options())).toBe(5);
    expect(health.readiness().dependencies.at(-1)).toMatchObject({ ok: true, reason: null });
  });

  it('gives up after the time with the last reason', async () => {
    const opening = openWhenReachable(failing(Infinity), options());
    await expect(opening).rejects.toThrow(StartupError);
    await expect(opening).rejects.toThrow('postgres could not be reached within 10 s: refused');
    expect(health.readiness().dependencies.at(-1)).toMatchObject({ ok: false, reason: 'refused' });
  });

  it('does not repeat what does not go away by itself', async () => {
    const refusal = new Error('fsync is off');
    let attempts = 0;
    const open = () => {
      attempts++;
      return Promise.reject(refusal);
    };
    await expect(openWhenReachable(open, options())).rejects.toBe(refusal);
    expect(attempts).toBe(1);
  });

  it('ends when the process is told to end', async () => {
    const ending = new AbortController();
    const opening = openWhenReachable(
      failing(Infinity),
      options({
        signal: ending.signal,
        sleep: () => {
          ending.abort();
          return Promise.resolve();
        },
      }),
    );
    await expect(opening).rejects.toThrow('told to end while waiting for postgres');
  });
});
