import { backoffMs, type BackoffSettings, systemSleep, type Sleep } from '#retry';
import type { Dependency } from './dependency-health.ts';
import { StartupError } from './startup-error.ts';

export interface OpeningOptions {
  readonly dependency: Dependency;
  /** Longest time to try, in ms. */
  readonly timeoutMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Whether an error may go away by itself. Any other is thrown at once. */
  readonly isTransient: (error: unknown) => boolean;
  readonly backoff?: BackoffSettings;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  /** Gives ms that never go back. */
  readonly clock?: () => number;
}

const DEFAULTS = {
  backoff: { baseMs: 250, maxMs: 5_000 },
  random: () => Math.random(),
  sleep: systemSleep,
  clock: () => performance.now(),
};

/**
 * Opens what a process needs, again and again while it is away, and says how it is meanwhile.
 *
 * @throws StartupError when the time is over or `signal` aborts; an error that does not go away by itself as it is
 */
export async function openWhenReachable<Opened>(
  open: () => Promise<Opened>,
  options: OpeningOptions,
): Promise<Opened> {
  const { dependency, timeoutMs, signal, backoff, random, sleep, clock } = {
    ...DEFAULTS,
    ...options,
  };
  const deadline = clock() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      const opened = await open();
      dependency.up();
      return opened;
    } catch (error) {
      if (!options.isTransient(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      dependency.down(reason);
      if (clock() >= deadline)
        throw new StartupError(
          `${dependency.name} could not be reached within ${timeoutMs / 1_000} s: ${reason}`,
        );
    }
    await sleep(Math.min(backoffMs(attempt, backoff, random), deadline - clock()), signal);
    if (signal.aborted) throw new StartupError(`told to end while waiting for ${dependency.name}`);
  }
}
