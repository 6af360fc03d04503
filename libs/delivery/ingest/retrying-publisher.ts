import type { Batch } from '#event';
import { backoffMs, type BackoffSettings, type BatchPublisher, type PublishOutcome } from '#queue';
import type { Sleep } from '../sleep.ts';

/**
 * Repeats a publish whose outcome is unknown, under the same batch id, until the signal ends the wait: the ledger
 * makes the repetition harmless. Once an outcome was unknown a refusal no longer means that nothing was stored.
 */
export class RetryingPublisher implements BatchPublisher {
  private readonly inner: BatchPublisher;
  private readonly backoff: BackoffSettings;
  private readonly random: () => number;
  private readonly sleep: Sleep;

  constructor(inner: BatchPublisher, backoff: BackoffSettings, random: () => number, sleep: Sleep) {
    this.inner = inner;
    this.backoff = backoff;
    this.random = random;
    this.sleep = sleep;
  }

  async publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    let outcome = await this.inner.publish(batch, signal);
    if (outcome.kind !== 'unknown') return outcome;
    let unknown = outcome;
    for (let attempt = 1; await this.waited(attempt, signal); attempt++) {
      outcome = await this.inner.publish(batch, signal);
      if (outcome.kind === 'durable' || outcome.kind === 'conflict') return outcome;
      if (outcome.kind === 'unknown') unknown = outcome;
    }
    return unknown;
  }

  /** False when the signal ended the wait. */
  private async waited(attempt: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    await this.sleep(backoffMs(attempt, this.backoff, this.random), signal);
    return !signal.aborted;
  }
}
