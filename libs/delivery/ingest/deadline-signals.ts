const STEP_MS = 100;

/**
 * Signals that abort a fixed time from now, up to a step of 100 ms later. Calls within one step share a signal and a
 * timer: thousands of waits per second would otherwise leave as many timers behind them.
 */
export class DeadlineSignals {
  private readonly waitMs: number;
  private current: { readonly signal: AbortSignal; readonly until: number } | null = null;
  /** Of all signals that have not aborted yet. */
  private readonly waiting = new Set<AbortController>();
  private ended = false;

  /** @param waitMs the least time until a signal aborts */
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  next(): AbortSignal {
    if (this.ended) return AbortSignal.abort();
    const now = performance.now();
    if (this.current === null || now >= this.current.until) {
      const controller = new AbortController();
      this.waiting.add(controller);
      setTimeout(() => {
        this.waiting.delete(controller);
        controller.abort();
      }, this.waitMs + STEP_MS).unref();
      this.current = { signal: controller.signal, until: now + STEP_MS };
    }
    return this.current.signal;
  }

  /** Aborts every signal at once, and those that are asked for later. */
  end(): void {
    this.ended = true;
    for (const controller of this.waiting) controller.abort();
    this.waiting.clear();
  }
}
