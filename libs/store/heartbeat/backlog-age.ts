import { MICROS_PER_SECOND, type Micros } from '#event';
import type { ProcessSummary } from './pipeline-health.ts';

/**
 * Goes on counting the age of the oldest unwritten batch while no writer tells it: with the writers gone, their last
 * word ages; where there never was one, what waits is at least as old as it has been seen waiting.
 */
export class BacklogAge {
  /** When the oldest one that is known of was accepted. */
  private oldest: Micros | null = null;

  seconds(
    { backlog, oldestUnwrittenSeconds }: Pick<ProcessSummary, 'backlog' | 'oldestUnwrittenSeconds'>,
    now: Micros,
  ): number | null {
    if (backlog.ready === null && backlog.unacked === 0) return null;
    if (oldestUnwrittenSeconds === 0) {
      this.oldest = null;
      return 0;
    }
    if (oldestUnwrittenSeconds !== null) {
      this.oldest = now - Math.round(oldestUnwrittenSeconds * MICROS_PER_SECOND);
    }
    this.oldest ??= now;
    return Math.max(0, Math.round((now - this.oldest) / 100_000) / 10);
  }
}
