const LEAST_MS = 5_000;
/** A count that took long is made again after so many times as long. */
const SHARE = 10;

/**
 * When values may be counted again while rows arrive: not before the last count has ended, five seconds after it began at
 * the earliest, and a tenth of the time at the most. Times are ms of a clock that never goes back.
 */
export class CountingPause {
  #begun = 0;
  #until = 0;

  begin(now: number): void {
    this.#begun = now;
    this.#until = Number.POSITIVE_INFINITY;
  }

  end(now: number): void {
    this.#until = this.#begun + Math.max(LEAST_MS, SHARE * (now - this.#begun));
  }

  /** Ms until it may be asked again; 0: now. */
  restMs(now: number): number {
    return this.#until === Number.POSITIVE_INFINITY ? LEAST_MS : Math.max(0, this.#until - now);
  }
}
