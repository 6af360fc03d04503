import type { Batch } from '#event';
import { backoffMs, type BackoffSettings } from '#retry';
import { SegmentDrain, type DrainOutcome } from './segment-drain.ts';
import type { Segment } from './segment.ts';
import type { Spool } from './spool.ts';

export interface DrainSettings {
  /** Most batches on their way to the broker. */
  readonly inFlight: number;
  /** Wait after an attempt that failed. */
  readonly backoff: BackoffSettings;
  /** Attempts to read a segment before it is set aside. */
  readonly readAttempts: number;
}

/**
 * Takes the batches of the spool to the broker, oldest first, under the ids they have; what the ledger knows already is
 * stored once. After a failure one batch alone shows whether the broker is back; then several are on their way at once.
 * A segment is removed after the confirm of its last batch.
 */
export class Drain {
  private readonly spool: Spool;
  private readonly send: (batch: Batch) => Promise<DrainOutcome>;
  private readonly settings: DrainSettings;
  private readonly random: () => number;
  private current: SegmentDrain | null = null;
  private failures = 0;
  private failedReads = 0;
  private stopped = false;
  private endIdling: (() => void) | null = null;
  private endWait: (() => void) | null = null;
  private running: Promise<void> = Promise.resolve();

  /** @param send takes one batch to the broker within bounded time; it never rejects */
  constructor(
    spool: Spool,
    send: (batch: Batch) => Promise<DrainOutcome>,
    settings: DrainSettings,
    random: () => number,
  ) {
    this.spool = spool;
    this.send = send;
    this.settings = settings;
    this.random = random;
  }

  start(): void {
    this.running = this.run();
  }

  /** There is something to drain. */
  wake(): void {
    this.endIdling?.();
  }

  /** The broker took nothing from somebody else: an attempt now would fail too. */
  brokerFailed(): void {
    this.failures = Math.max(this.failures, 1);
  }

  /** Begins nothing any more, and waits for what is under way: `send` must fail from now on. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endIdling?.();
    this.endWait?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      if (this.spool.isEmpty) {
        await this.idle();
        continue;
      }
      if (this.failures > 0) await this.backOff();
      await this.drainOldest();
    }
  }

  private idle(): Promise<void> {
    return new Promise((resolve) => {
      this.endIdling = resolve;
    });
  }

  private backOff(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const wait = backoffMs(this.failures, this.settings.backoff, this.random);
      const timer = setTimeout(resolve, wait);
      this.endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async drainOldest(): Promise<void> {
    const segment = this.stopped ? null : await this.spool.oldest();
    if (segment === null) return;
    this.current ??= this.begin(segment);
    let done: boolean;
    let damage: string | null;
    try {
      done = await this.current.attempt();
      damage = this.current.damage;
      this.failedReads = 0;
    } catch (error) {
      this.failedReads++;
      done = this.failedReads >= this.settings.readAttempts;
      damage = `it cannot be read: ${String(error)}`;
    }
    if (done) {
      this.current = null;
      this.failures = 0;
      this.failedReads = 0;
      await this.spool.discard(segment, damage);
    } else this.failures++;
  }

  private begin(segment: Segment): SegmentDrain {
    const source = {
      read: (from: Segment) => this.spool.read(from),
      drained: (from: Segment) => {
        this.spool.drained(from);
      },
      send: async (batch: Batch) => {
        const outcome: DrainOutcome = this.stopped ? { kind: 'failed' } : await this.send(batch);
        if (outcome.kind !== 'failed') this.failures = 0;
        return outcome;
      },
    };
    return new SegmentDrain(segment, source, this.settings.inFlight);
  }
}
