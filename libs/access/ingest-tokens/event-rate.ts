/** Gives ms that never go back. */
export type MonotonicClock = () => number;

export interface RateLimit {
  readonly eventsPerSecond: number;
  /** Most events at once after a pause. */
  readonly burst: number;
}

/**
 * A token bucket that goes into debt: while it holds anything a whole request is taken, so that a request with more
 * events than the burst passes too, and what it took beyond is waited for before the next. So the rate holds over time,
 * and at any moment at most one burst and one request more have passed.
 */
export class EventRate {
  private readonly clock: MonotonicClock;
  private limit: RateLimit;
  private level: number;
  private filledAt: number;

  constructor(limit: RateLimit, clock: MonotonicClock) {
    this.limit = limit;
    this.clock = clock;
    this.level = limit.burst;
    this.filledAt = clock();
  }

  /** Goes on with another limit; what was taken stays taken. */
  change(limit: RateLimit): void {
    this.fill();
    this.limit = limit;
    this.level = Math.min(this.level, limit.burst);
  }

  /** Ms until something may be taken; 0: now. */
  get waitMs(): number {
    this.fill();
    return this.level >= 1 ? 0 : ((1 - this.level) / this.limit.eventsPerSecond) * 1_000;
  }

  /** To be called while there is nothing to wait for. */
  take(events: number): void {
    this.fill();
    this.level -= events;
  }

  giveBack(events: number): void {
    this.level = Math.min(this.limit.burst, this.level + events);
  }

  private fill(): void {
    const now = this.clock();
    const { eventsPerSecond, burst } = this.limit;
    const gained = ((now - this.filledAt) / 1_000) * eventsPerSecond;
    this.level = Math.min(burst, this.level + gained);
    this.filledAt = now;
  }
}
