import type { BatchDisposition, BatchHandler, ConsumeOptions, Consumption } from '../log-queue.ts';
import type { QueuedBatch } from './queued-batch.ts';

/** What a consumption asks of the queue it belongs to. */
export interface BatchSource {
  take(maxBatches: number, maxBytes: number): QueuedBatch[];
  settle(entries: readonly QueuedBatch[], dispositions: readonly BatchDisposition[]): void;
  giveBack(entries: readonly QueuedBatch[]): void;
  retryDelayMs(attempt: number): number;
  closed(): void;
}

/**
 * One consumer of the queue. While its handlers run, arriving batches accumulate and form the next group.
 * After a failed handler nothing is taken until the backoff has passed: newer batches must not overtake.
 */
export class InProcessConsumption implements Consumption {
  private readonly handler: BatchHandler;
  private readonly options: ConsumeOptions;
  private readonly source: BatchSource;
  private readonly abortion = new AbortController();
  private running = 0;
  private paused = false;
  private closed = false;
  private scheduled = false;
  private backoff: NodeJS.Timeout | null = null;
  private onIdle: (() => void) | null = null;

  constructor(handler: BatchHandler, options: ConsumeOptions, source: BatchSource) {
    this.handler = handler;
    this.options = options;
    this.source = source;
  }

  pause(): Promise<void> {
    this.paused = true;
    return Promise.resolve();
  }

  /** Ends a backoff too: who resumes knows that handlers can work again. */
  resume(): Promise<void> {
    this.paused = false;
    this.endBackoff();
    this.wake();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.stop();
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  /** Stops at once and tells the running handlers to end. */
  abort(): void {
    this.stop();
    this.abortion.abort();
  }

  /** Takes what there is, once the current turn of the event loop has published all it has. */
  wake(): void {
    if (this.scheduled || !this.mayTake()) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.pump();
    });
  }

  private stop(): void {
    this.closed = true;
    this.endBackoff();
    this.source.closed();
  }

  private endBackoff(): void {
    if (this.backoff !== null) clearTimeout(this.backoff);
    this.backoff = null;
  }

  private mayTake(): boolean {
    return (
      !this.closed &&
      !this.paused &&
      this.backoff === null &&
      this.running < this.options.concurrency
    );
  }

  private pump(): void {
    while (this.mayTake()) {
      const entries = this.source.take(this.options.maxBatches, this.options.maxBytes);
      if (entries.length === 0) return;
      this.running++;
      void this.deliver(entries);
    }
  }

  private async deliver(entries: readonly QueuedBatch[]): Promise<void> {
    const deliveries = entries.map(({ batch, attempt }) => ({ batch, attempt }));
    let dispositions: readonly BatchDisposition[] | null = null;
    try {
      dispositions = await this.handler(deliveries, this.abortion.signal);
    } catch {
      // The handler reports its own failures; here a rejection only means "deliver again".
    }
    this.running--;
    if (dispositions?.length === entries.length) this.source.settle(entries, dispositions);
    else this.redeliver(entries);
    if (this.running === 0) this.onIdle?.();
    this.wake();
  }

  private redeliver(entries: readonly QueuedBatch[]): void {
    const attempts = Math.max(...entries.map(({ attempt }) => attempt));
    if (!this.closed) {
      this.endBackoff();
      this.backoff = setTimeout(() => {
        this.backoff = null;
        this.wake();
      }, this.source.retryDelayMs(attempts));
    }
    this.source.giveBack(entries);
  }
}
