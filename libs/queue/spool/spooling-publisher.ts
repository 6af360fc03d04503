import type { Batch } from '#event';
import type { Telemetry } from '#telemetry';
import type { BatchPublisher, PublishOutcome } from '../log-queue.ts';
import { ConfirmDeadlines } from './confirm-deadlines.ts';
import { Drain, type DrainSettings } from './drain.ts';
import { brokerAway, brokerBack } from './events.ts';
import type { DrainOutcome } from './segment-drain.ts';
import type { AppendOutcome, Spool, SpoolState } from './spool.ts';

export interface SpoolingPublisherSettings {
  /** Longest wait for the broker's confirm before a batch goes into the spool, in ms. */
  readonly confirmWaitMs: number;
  /** Mean wait that a refused sender is told, in ms. */
  readonly retryAfterMs: number;
  readonly drain: DrainSettings;
}

/**
 * Keeps batches on disk while the broker is away, and takes them to it afterwards.
 *
 * A batch goes to the broker first. Where the broker refuses it, or its confirm does not arrive in time, the batch is
 * appended to the spool and is `durable` there; the broker may have it too, which the ledger makes harmless. From then
 * on batches go straight to the spool, until the drain, which tries again and again with one batch, has seen a confirm.
 * New batches then go to the broker at once, beside what is drained: no order is promised between batches, and whoever
 * looks at the newest events need not wait for an outage to be made up for.
 *
 * Not for a queue that is full (`overloaded` with `full`): that is back-pressure, and its 503 reaches the sender.
 */
export class SpoolingPublisher implements BatchPublisher {
  private readonly inner: BatchPublisher;
  private readonly spool: Spool;
  private readonly settings: SpoolingPublisherSettings;
  private readonly telemetry: Telemetry;
  private readonly random: () => number;
  private readonly deadlines: ConfirmDeadlines;
  private readonly drain: Drain;
  private readonly draining = new AbortController();
  private isAway = false;
  private closing: Promise<void> | null = null;

  constructor(
    inner: BatchPublisher,
    spool: Spool,
    settings: SpoolingPublisherSettings,
    telemetry: Telemetry,
    random: () => number,
  ) {
    this.inner = inner;
    this.spool = spool;
    this.settings = settings;
    this.telemetry = telemetry;
    this.random = random;
    this.deadlines = new ConfirmDeadlines(settings.confirmWaitMs);
    this.drain = new Drain(spool, (batch) => this.takeToBroker(batch), settings.drain, random);
    this.drain.start();
  }

  get state(): SpoolState & { readonly brokerAway: boolean } {
    return { ...this.spool.state, brokerAway: this.isAway };
  }

  /** Why requests would be refused now although the spool is there for them; null otherwise. */
  get unreadiness(): string | null {
    const { failure, batches } = this.spool.state;
    if (failure !== null) return `the spool has failed: ${failure}`;
    if (!this.isAway || !this.spool.isFull()) return null;
    return `the broker is away and the spool is full (${batches} batches)`;
  }

  async publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    if (this.isAway && this.spool.isInUse) {
      return this.outcomeOf(await this.append(batch, signal), false);
    }
    const outcome = await this.inner.publish(batch, this.deadlines.within(signal));
    if (!meansAway(outcome)) return outcome;
    this.goneAway(outcome.reason);
    const appended = await this.append(batch, signal);
    return this.outcomeOf(appended, outcome.kind === 'unknown');
  }

  /** Ends the draining and what is being appended; the spool keeps the rest. The inner publisher is not closed. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.draining.abort();
    await this.drain.stop();
    await this.spool.close();
  }

  private goneAway(reason: string): void {
    this.drain.brokerFailed();
    if (this.isAway || this.spool.state.failure !== null) return;
    this.isAway = true;
    this.telemetry.emit(brokerAway, { reason });
  }

  private isBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.telemetry.emit(brokerBack, { batches: this.spool.state.batches });
  }

  private async append(batch: Batch, signal: AbortSignal): Promise<AppendOutcome> {
    const appended = await unlessAborted(this.spool.append(batch), signal);
    this.drain.wake();
    return appended ?? { kind: 'unknown', reason: 'the wait for the disk of the spool ended' };
  }

  private outcomeOf(appended: AppendOutcome, mayBeInBroker: boolean): PublishOutcome {
    if (appended.kind === 'durable') return appended;
    const reason = `the broker is away and ${appended.reason}`;
    if (appended.kind === 'unknown' || mayBeInBroker) return { kind: 'unknown', reason };
    const retryAfterMs = Math.ceil(this.settings.retryAfterMs * (0.5 + this.random()));
    return { kind: 'overloaded', retryAfterMs, reason };
  }

  private async takeToBroker(batch: Batch): Promise<DrainOutcome> {
    const signal = this.deadlines.within(this.draining.signal);
    try {
      const outcome = await this.inner.publish(batch, signal);
      if (!meansAway(outcome)) this.isBack();
      if (outcome.kind === 'durable') return { kind: 'settled' };
      if (outcome.kind !== 'conflict') return { kind: 'failed' };
      return { kind: 'undeliverable', reason: 'its id was used before for another body' };
    } catch (error) {
      // Not a broken backend but this batch, such as one that is too large for the broker.
      return { kind: 'undeliverable', reason: String(error) };
    }
  }
}

type Unsuccessful = Extract<PublishOutcome, { readonly reason: string }>;

function meansAway(outcome: PublishOutcome): outcome is Unsuccessful {
  return outcome.kind === 'unknown' || (outcome.kind === 'overloaded' && outcome.full !== true);
}

/** Null when the signal ended the wait; what was begun goes on. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const ended = Promise.withResolvers<null>();
  const end = (): void => {
    ended.resolve(null);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
