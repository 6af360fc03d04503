import type { Batch } from '#event';
import { type BatchPublisher, type PublishOutcome } from '#queue';
import type { Telemetry } from '#telemetry';
import { backoffMs, type BackoffSettings, type Sleep } from '#retry';
import type { Consignment } from './consignment.ts';
import { publishRetried, type RetryReason } from './events.ts';

export interface RetryingPublisherParts {
  readonly inner: BatchPublisher;
  readonly backoff: BackoffSettings;
  readonly random: () => number;
  readonly sleep: Sleep;
  readonly telemetry: Telemetry;
}

/**
 * Repeats a publish under the same batch id until the signal ends the wait: one whose outcome is unknown, for the ledger
 * makes the repetition harmless, and a refused one whose request has other batches with the queue already. Once an
 * outcome was unknown a refusal no longer means that nothing was stored.
 */
export class RetryingPublisher {
  private readonly parts: RetryingPublisherParts;

  constructor(parts: RetryingPublisherParts) {
    this.parts = parts;
  }

  /** @param consignment the batches that share the fate of this one; null where there are no others */
  async publish(
    batch: Batch,
    consignment: Consignment | null,
    signal: AbortSignal,
  ): Promise<PublishOutcome> {
    const outcome = await this.parts.inner.publish(batch, signal);
    if (outcome.kind === 'unknown') return this.untilKnown(batch, outcome, signal);
    if (outcome.kind !== 'overloaded' || consignment === null) return outcome;
    return this.untilTaken(batch, outcome, consignment, signal);
  }

  private async untilKnown(
    batch: Batch,
    first: PublishOutcome,
    signal: AbortSignal,
  ): Promise<PublishOutcome> {
    let unknown = first;
    for (let attempt = 1; await this.waited(attempt, signal); attempt++) {
      const outcome = await this.repeat(batch, 'unknown', signal);
      if (outcome.kind === 'durable' || outcome.kind === 'conflict') return outcome;
      if (outcome.kind === 'unknown') unknown = outcome;
    }
    return unknown;
  }

  private async untilTaken(
    batch: Batch,
    first: PublishOutcome,
    consignment: Consignment,
    signal: AbortSignal,
  ): Promise<PublishOutcome> {
    const { allRefused } = consignment;
    const ended = AbortSignal.any([signal, allRefused]);
    let outcome = first;
    consignment.refuse(batch.id);
    for (let attempt = 1; await this.waited(attempt, ended); attempt++) {
      consignment.offer(batch.id);
      outcome = await this.repeat(batch, 'overloaded', signal);
      if (outcome.kind === 'unknown') return this.untilKnown(batch, outcome, signal);
      if (outcome.kind !== 'overloaded') return outcome;
      consignment.refuse(batch.id);
    }
    return outcome;
  }

  private repeat(batch: Batch, reason: RetryReason, signal: AbortSignal): Promise<PublishOutcome> {
    this.parts.telemetry.emit(publishRetried, { batchId: batch.id, reason });
    return this.parts.inner.publish(batch, signal);
  }

  /** False when the signal ended the wait. */
  private async waited(attempt: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const { backoff, random, sleep } = this.parts;
    await sleep(backoffMs(attempt, backoff, random), signal);
    return !signal.aborted;
  }
}
