import type { Telemetry } from '#telemetry';
import type { IndexUnavailableError } from '../search-index.ts';
import { feedFailed, feedFailure, feedResumed } from './telemetry.ts';

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 5_000;

/** A time without the backend: told once, and tried again with a growing pause. */
export class Outage {
  private readonly telemetry: Telemetry;
  private since: number | null = null;
  private failures = 0;
  private retryAt = 0;

  constructor(telemetry: Telemetry) {
    this.telemetry = telemetry;
  }

  isTooSoon(): boolean {
    return performance.now() < this.retryAt;
  }

  failed(error: IndexUnavailableError): void {
    const now = performance.now();
    this.retryAt = now + Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(this.failures, 10));
    this.failures++;
    this.telemetry.emit(feedFailure, { reason: error.reason });
    if (this.since !== null) return;
    this.since = now;
    this.telemetry.emit(feedFailed, { reason: error.reason, error: error.message });
  }

  over(): void {
    if (this.since === null) return;
    this.telemetry.emit(feedResumed, { seconds: (performance.now() - this.since) / 1_000 });
    this.since = null;
    this.failures = 0;
    this.retryAt = 0;
  }
}
