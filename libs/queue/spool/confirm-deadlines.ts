const STEP_MS = 100;

interface Shortened {
  readonly signal: AbortSignal;
  readonly until: number;
}

/**
 * Ends a wait after a fixed time, up to a step of 100 ms earlier, or with the signal of the caller if that is sooner.
 * Calls with the same signal within one step share what they get: thousands per second would otherwise leave as many
 * timers behind them.
 */
export class ConfirmDeadlines {
  private readonly waitMs: number;
  private readonly shortened = new WeakMap<AbortSignal, Shortened>();

  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  within(signal: AbortSignal): AbortSignal {
    const now = performance.now();
    const known = this.shortened.get(signal);
    if (known !== undefined && now < known.until) return known.signal;
    const made = AbortSignal.any([signal, AbortSignal.timeout(this.waitMs)]);
    this.shortened.set(signal, { signal: made, until: now + STEP_MS });
    return made;
  }
}
