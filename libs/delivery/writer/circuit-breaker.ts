import { backoffMs, type BackoffSettings } from '#retry';

/**
 * - `closed`: calls go through.
 * - `open`: calls would fail; none is made until a probe succeeds.
 * - `half-open`: a probe succeeded; the next real call decides.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** The state before a backend that may be away. Knows no timers: who uses it waits `retryDelayMs` and probes. */
export class CircuitBreaker {
  private readonly backoff: BackoffSettings;
  private readonly random: () => number;
  private readonly clock: () => number;
  private current: BreakerState = 'closed';
  /** Failures since the last success of a real call. */
  private failures = 0;
  private openedAt: number | null = null;

  /** @param clock gives ms that never go back */
  constructor(backoff: BackoffSettings, random: () => number, clock: () => number) {
    this.backoff = backoff;
    this.random = random;
    this.clock = clock;
  }

  get state(): BreakerState {
    return this.current;
  }

  /** How long calls have been failing, in ms; 0 while closed. */
  get openForMs(): number {
    return this.openedAt === null ? 0 : this.clock() - this.openedAt;
  }

  /** The wait before the next probe, longer after each failure. */
  retryDelayMs(): number {
    return backoffMs(Math.max(1, this.failures), this.backoff, this.random);
  }

  /** A call or probe failed. True when this opened the breaker. */
  failed(): boolean {
    const opened = this.current !== 'open';
    this.failures++;
    this.current = 'open';
    this.openedAt ??= this.clock();
    return opened;
  }

  probeSucceeded(): void {
    if (this.current === 'open') this.current = 'half-open';
  }

  /** A real call succeeded. True when this closed the breaker. */
  succeeded(): boolean {
    const closed = this.current !== 'closed';
    this.current = 'closed';
    this.failures = 0;
    this.openedAt = null;
    return closed;
  }
}
