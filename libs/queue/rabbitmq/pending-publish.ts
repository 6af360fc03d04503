import type { Batch } from '#event';
import type { PublishOutcome } from '../log-queue.ts';
import type { BatchMessage } from './message.ts';

/** A batch that was sent, and the promise of its sender. */
export class PendingPublish {
  readonly batchId: string;
  /** `Batch.bytes`. */
  readonly bytes: number;
  readonly message: BatchMessage;
  readonly queue: string;
  /** The broker had no queue for it. */
  isReturned = false;
  /** Called when the sender no longer waits. */
  onAbandoned: () => void = () => undefined;
  private readonly signal: AbortSignal;
  private readonly resolve: (outcome: PublishOutcome) => void;
  private settled = false;
  private sends = 0;
  private lastSentAt = 0;

  constructor(
    batch: Batch,
    message: BatchMessage,
    queue: string,
    signal: AbortSignal,
    resolve: (outcome: PublishOutcome) => void,
  ) {
    this.batchId = batch.id;
    this.bytes = batch.bytes;
    this.message = message;
    this.queue = queue;
    this.signal = signal;
    this.resolve = resolve;
    signal.addEventListener('abort', this.abandon, { once: true });
  }

  get isSettled(): boolean {
    return this.settled;
  }

  get timesSent(): number {
    return this.sends;
  }

  /** When it was last sent, by the clock of who sent it. */
  get sentAt(): number {
    return this.lastSentAt;
  }

  sent(at: number): void {
    this.sends++;
    this.isReturned = false;
    this.lastSentAt = at;
  }

  /** The first outcome counts. */
  settle(outcome: PublishOutcome): void {
    if (this.settled) return;
    this.settled = true;
    this.signal.removeEventListener('abort', this.abandon);
    this.resolve(outcome);
  }

  private readonly abandon = (): void => {
    this.settle({ kind: 'unknown', reason: 'the wait for the confirm ended' });
    this.onAbandoned();
  };
}
