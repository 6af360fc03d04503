import type { Random } from './random.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Statuses that say nothing about the events: the same request may succeed later. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * How long to wait before try number `attempt + 1`, in ms: exponential with full jitter, never less than what the
 * server asked for, so that many senders do not come back at once.
 */
export function retryDelayMs(
  attempt: number,
  retryAfter: string | null,
  nowMs: number,
  random: Random,
): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  const backoff = ceiling * (0.5 + random() / 2);
  return Math.max(backoff, retryAfterMs(retryAfter, nowMs));
}

/** Seconds or a date, RFC 9110 section 10.2.3. */
function retryAfterMs(value: string | null, nowMs: number): number {
  if (value === null) return 0;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
