import type { BatchDisposition, BatchHandler, ConsumeOptions, Delivery } from './log-queue.ts';

/** The queue that a pump takes from. */
export interface PumpSource<Entry extends Delivery> {
  /** The batches that wait, and their bytes in all. */
  readonly waiting: { readonly length: number; readonly bytes: number };
  /** Whether nothing more comes before some of what it gave has been settled. */
  isExhausted(): boolean;
  take(maxBatches: number, maxBytes: number): Entry[];
  settle(entries: readonly Entry[], dispositions: readonly BatchDisposition[]): void;
  /** Their handler failed; they come first again. */
  giveBack(entries: readonly Entry[], failure: unknown): void;
  retryDelayMs(attempt: number): number;
}

/**
 * Hands groups to one handler. While its calls run, arriving batches accumulate and form the next group.
 * After a failed call nothing is taken until the backoff has passed: newer batches must not overtake.
 */
export class GroupPump<Entry extends Delivery> {
  private readonly handler: BatchHandler;
  private readonly options: ConsumeOptions;
  private readonly source: PumpSource<Entry>;
  private readonly abortion = new AbortController();
  private running = 0;
  private paused = false;
  private closed = false;
  private scheduled = false;
  private backoff: NodeJS.Timeout | null = null;
  /** Runs while batches wait for more. */
  private linger: NodeJS.Timeout | null = null;
  private lingered = false;
  private onIdle: (() => void) | null = null;

  constructor(handler: BatchHandler, options: ConsumeOptions, source: PumpSource<Entry>) {
    this.handler = handler;
    this.options = options;
    this.source = source;
  }

  pause(): void {
    this.paused = true;
  }

  /** Ends a backoff too: who resumes knows that handlers can work again. */
  resume(): void {
    this.paused = false;
    this.endBackoff();
    this.wake();
  }

  /** Takes nothing more; resolves when no handler runs. */
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

  /** Takes what there is, once the current turn of the event loop has brought all it has. */
  wake(): void {
    this.startLinger();
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
    this.endLinger();
  }

  private startLinger(): void {
    const { linger } = this.options;
    if (linger === undefined || this.linger !== null || this.lingered || this.closed) return;
    if (this.source.waiting.length === 0) return;
    this.linger = setTimeout(() => {
      this.linger = null;
      this.lingered = true;
      this.wake();
    }, linger.ms);
  }

  private endLinger(): void {
    if (this.linger !== null) clearTimeout(this.linger);
    this.linger = null;
    this.lingered = false;
  }

  /** Whether what waits is enough for a group, has waited long enough, or would wait for nothing. */
  private get isDue(): boolean {
    const { linger, maxBatches } = this.options;
    if (linger === undefined || this.lingered) return true;
    const { length, bytes } = this.source.waiting;
    return bytes >= linger.bytes || length >= maxBatches || this.source.isExhausted();
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
    while (this.mayTake() && this.isDue) {
      this.endLinger();
      const entries = this.source.take(this.options.maxBatches, this.options.maxBytes);
      if (entries.length === 0) return;
      this.running++;
      void this.deliver(entries);
    }
    // What is left behind, if anything, waits for more in its turn.
    this.startLinger();
  }

  private async deliver(entries: readonly Entry[]): Promise<void> {
    const deliveries = entries.map(({ batch, attempt }) => ({ batch, attempt }));
    let dispositions: readonly BatchDisposition[] = [];
    let failure: unknown = null;
    try {
      dispositions = await this.handler(deliveries, this.abortion.signal);
    } catch (error) {
      failure = error;
    }
    this.running--;
    if (dispositions.length === entries.length) this.source.settle(entries, dispositions);
    else {
      failure ??= new Error(
        `the handler settled ${dispositions.length} of ${entries.length} batches`,
      );
      this.redeliver(entries, failure);
    }
    if (this.running === 0) this.onIdle?.();
    this.wake();
  }

  private redeliver(entries: readonly Entry[], failure: unknown): void {
    const attempts = Math.max(...entries.map(({ attempt }) => attempt));
    if (!this.closed) {
      this.endBackoff();
      this.backoff = setTimeout(() => {
        this.backoff = null;
        this.wake();
      }, this.source.retryDelayMs(attempts));
    }
    this.source.giveBack(entries, failure);
  }
}
