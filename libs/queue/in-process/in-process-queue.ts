import type { Batch } from '#event';
import { backoffMs, type BackoffSettings } from '#retry';
import { GroupPump } from '../group-pump.ts';
import { InFlight } from '../in-flight.ts';
import type {
  BatchDisposition,
  BatchHandler,
  ConsumeOptions,
  Consumption,
  LogQueue,
  PublishOutcome,
  QueueDepth,
} from '../log-queue.ts';
import { WaitingBatches } from '../waiting-batches.ts';
import type { QueuedBatch } from './queued-batch.ts';

export interface InProcessQueueSettings {
  /** Most batches that are admitted and not settled. */
  readonly maxBatches: number;
  /** Most bytes that are admitted and not settled; one batch is always admitted to an empty queue. */
  readonly maxBytes: number;
  /** Wait before batches whose handler failed are delivered again. */
  readonly backoff: BackoffSettings;
  /** About how long a refused publisher should wait, in ms. */
  readonly retryAfterMs: number;
}

export const IN_PROCESS_QUEUE_DEFAULTS: InProcessQueueSettings = {
  maxBatches: 20_000,
  maxBytes: 64 * 1024 * 1024,
  backoff: { baseMs: 50, maxMs: 5_000 },
  retryAfterMs: 1_000,
};

/**
 * A queue inside the process. It keeps nothing on disk: a batch is `durable` when the handler has committed it,
 * so what a crash loses was never acknowledged. Batches are delivered in the order of their publishing; after a
 * failed handler its batches come first again, before anything newer.
 */
export class InProcessQueue implements LogQueue {
  private readonly settings: InProcessQueueSettings;
  private readonly random: () => number;
  private readonly waiting = new WaitingBatches<QueuedBatch>();
  private nextSequence = 0;
  private admitted = 0;
  private admittedBytes = 0;
  private readonly pumps = new Set<GroupPump<QueuedBatch>>();
  private closing: Promise<void> | null = null;
  private onEmpty: (() => void) | null = null;
  private readonly unsettled = new InFlight<QueuedBatch>();

  constructor(
    settings: Partial<InProcessQueueSettings> = {},
    random: () => number = () => Math.random(),
  ) {
    this.settings = { ...IN_PROCESS_QUEUE_DEFAULTS, ...settings };
    this.random = random;
  }

  publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome> {
    if (this.closing !== null) return Promise.resolve(this.refusal('the queue is closing'));
    if (this.isFull(batch)) return Promise.resolve(this.refusal('the queue is full'));
    return new Promise((resolve) => {
      const entry: QueuedBatch = {
        batch,
        bytes: batch.bytes,
        sequence: this.nextSequence++,
        attempt: 1,
        settle: once(signal, resolve),
      };
      this.admitted++;
      this.admittedBytes += batch.bytes;
      this.unsettled.add(entry);
      this.waiting.push(entry);
      this.wake();
    });
  }

  consume(handler: BatchHandler, options: ConsumeOptions): Promise<Consumption> {
    const pump = new GroupPump<QueuedBatch>(handler, options, {
      waiting: this.waiting,
      // Whether another batch is taken depends on its size.
      isExhausted: () => false,
      take: (batches, bytes) => this.waiting.take(batches, bytes),
      settle: (entries, dispositions) => {
        this.settle(entries, dispositions);
      },
      giveBack: (entries) => {
        this.giveBack(entries);
      },
      retryDelayMs: (attempt) => backoffMs(attempt, this.settings.backoff, this.random),
    });
    this.pumps.add(pump);
    pump.wake();
    return Promise.resolve({
      pause: () => {
        pump.pause();
        return Promise.resolve();
      },
      resume: () => {
        pump.resume();
        return Promise.resolve();
      },
      close: () => {
        this.pumps.delete(pump);
        return pump.close();
      },
    });
  }

  depth(): Promise<QueueDepth> {
    const ready = this.waiting.length;
    return Promise.resolve({
      ready,
      unsettled: this.admitted - ready,
      bytes: this.admittedBytes,
    });
  }

  close(deadlineMs: number): Promise<void> {
    this.closing ??= this.drain(deadlineMs);
    return this.closing;
  }

  private isFull(batch: Batch): boolean {
    if (this.admitted === 0) return false;
    return (
      this.admitted >= this.settings.maxBatches ||
      this.admittedBytes + batch.bytes > this.settings.maxBytes
    );
  }

  private refusal(reason: string): PublishOutcome {
    const retryAfterMs = this.settings.retryAfterMs * (0.5 + this.random());
    return { kind: 'overloaded', retryAfterMs: Math.ceil(retryAfterMs), reason };
  }

  private settle(entries: readonly QueuedBatch[], dispositions: readonly BatchDisposition[]): void {
    entries.forEach((entry, i) => {
      this.release(entry);
      entry.settle({ kind: dispositions[i] === 'conflict' ? 'conflict' : 'durable' });
    });
    if (this.admitted === 0) this.onEmpty?.();
  }

  private release(entry: QueuedBatch): void {
    if (!this.unsettled.delete(entry)) return;
    this.admitted--;
    this.admittedBytes -= entry.batch.bytes;
  }

  /** Puts batches whose handler failed before everything newer, each with one more attempt. */
  private giveBack(entries: readonly QueuedBatch[]): void {
    const again = entries.filter((entry) => this.unsettled.has(entry));
    for (const entry of again) entry.attempt++;
    this.waiting.putBack(again);
    this.wake();
  }

  private wake(): void {
    for (const pump of this.pumps) pump.wake();
  }

  private async drain(deadlineMs: number): Promise<void> {
    if (this.admitted > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        this.onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const pump of this.pumps) pump.abort();
    this.pumps.clear();
    for (const entry of this.unsettled) {
      this.release(entry);
      entry.settle({ kind: 'unknown', reason: 'the queue was closed before the commit' });
    }
    this.waiting.clear();
  }
}

/** Resolves with the first outcome; the signal's abort counts as `unknown` while the batch stays in the queue. */
function once(
  signal: AbortSignal,
  resolve: (outcome: PublishOutcome) => void,
): (outcome: PublishOutcome) => void {
  const abort = (): void => {
    resolve({ kind: 'unknown', reason: 'the wait for the commit ended' });
  };
  if (signal.aborted) {
    abort();
    return () => undefined;
  }
  signal.addEventListener('abort', abort, { once: true });
  return (outcome) => {
    signal.removeEventListener('abort', abort);
    resolve(outcome);
  };
}
