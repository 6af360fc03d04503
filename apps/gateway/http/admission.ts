import { unavailable } from './problem.ts';

export interface AdmissionLimits {
  /** Calls that run side by side. */
  readonly running: number;
  /** Calls that wait for their turn; one more is refused at once. */
  readonly waiting: number;
  /** Longest wait in ms; then the call is refused. */
  readonly waitMs: number;
}

interface Waiter {
  readonly admit: () => void;
}

/**
 * Bounds the calls of one kind that run at the same time, so that many heavy searches at once queue here
 * instead of exhausting the database's connections and memory. Refuses with 503 and `Retry-After`.
 */
export class Admission {
  private readonly what: string;
  private readonly limits: AdmissionLimits;
  private readonly queue = new Set<Waiter>();
  private active = 0;

  constructor(what: string, limits: AdmissionLimits) {
    this.what = what;
    this.limits = limits;
  }

  get running(): number {
    return this.active;
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** Runs `work` when its turn comes. Rejects with a 503 `Problem`, or with the signal's reason while waiting. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.enter(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Takes a place; the caller gives it back by calling the answer, once. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.active < this.limits.running) this.active += 1;
    else await this.wait(signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.leave();
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.queue.size >= this.limits.waiting) throw this.refusal();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.queue.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        admit: () => {
          settle();
          resolve();
        },
      };
      const abort = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        settle();
        reject(this.refusal());
      }, this.limits.waitMs);
      signal.addEventListener('abort', abort, { once: true });
      this.queue.add(waiter);
    });
  }

  /** The place goes to the one who has waited longest, so `active` stays as it is then. */
  private leave(): void {
    const next = this.queue.values().next();
    if (next.done === true) this.active -= 1;
    else next.value.admit();
  }

  private refusal(): Error {
    return unavailable(
      'too-busy',
      `Too many ${this.what} run already (at most ${this.limits.running} at once). Try again in a moment.`,
      1,
    );
  }
}
