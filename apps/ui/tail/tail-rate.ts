const WINDOW_MS = 10_000;

/** Events per second over the last ten seconds. Times are ms of a clock that never goes back. */
export class TailRate {
  #arrivals: { readonly at: number; readonly count: number }[] = [];
  #begun: number | null = null;

  add(count: number, now: number): void {
    this.#begun ??= now;
    this.#arrivals.push({ at: now, count });
    this.#forget(now);
  }

  clear(): void {
    this.#arrivals = [];
    this.#begun = null;
  }

  /** Of a tail that has just begun, over the time that it runs, at least a second. */
  perSecond(now: number): number {
    this.#forget(now);
    if (this.#begun === null) return 0;
    const seconds = Math.min(WINDOW_MS, Math.max(1_000, now - this.#begun)) / 1_000;
    return this.#arrivals.reduce((sum, { count }) => sum + count, 0) / seconds;
  }

  #forget(now: number): void {
    const first = this.#arrivals.findIndex(({ at }) => at > now - WINDOW_MS);
    this.#arrivals.splice(0, first === -1 ? this.#arrivals.length : first);
  }
}
