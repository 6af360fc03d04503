/** How long to wait before another attempt. */
export interface BackoffSettings {
  /** Upper bound of the first wait, in ms. */
  readonly baseMs: number;
  /** Upper bound of every wait, in ms. */
  readonly maxMs: number;
}

/**
 * Exponential backoff with equal jitter: between half and the whole of `min(maxMs, baseMs * 2^(attempt - 1))`.
 * Half of the wait is certain, so that a backend that just failed has some rest; the other half spreads the callers.
 *
 * @param attempt 1 for the wait after the first failure
 * @param random gives numbers in [0, 1)
 */
export function backoffMs(
  attempt: number,
  settings: BackoffSettings,
  random: () => number,
): number {
  const bound = Math.min(settings.maxMs, settings.baseMs * 2 ** Math.min(attempt - 1, 30));
  return bound / 2 + (bound / 2) * random();
}
