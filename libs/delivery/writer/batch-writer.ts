import type { Batch } from '#event';
import type {
  BackoffSettings,
  BatchConsumer,
  BatchDisposition,
  ConsumeOptions,
  Consumption,
  Delivery,
} from '#queue';
import { isTransient } from '#store';
import type { Telemetry } from '#telemetry';
import { systemSleep, type Sleep } from '../sleep.ts';
import { CircuitBreaker, type BreakerState } from './circuit-breaker.ts';
import { batchSettled, breakerClosed, breakerOpened, commitFailed, probeFailed } from './events.ts';

/** Where batches are written. Excluded: how, and what is read from it. */
export interface BatchStore {
  /** Stores what is not stored yet, each batch exactly once; one disposition per batch, in order. */
  commit(
    batches: readonly Batch[],
    signal: AbortSignal,
  ): Promise<{ readonly dispositions: readonly BatchDisposition[] }>;
  /** Resolves when the store answers. */
  probe(): Promise<void>;
}

export interface BatchWriterSettings {
  readonly group: ConsumeOptions;
  /** Wait between probes while the store is away. */
  readonly probe: BackoffSettings;
}

export const BATCH_WRITER_DEFAULTS: BatchWriterSettings = {
  group: { maxBatches: 200, maxBytes: 1.5 * 1024 * 1024, concurrency: 2 },
  probe: { baseMs: 200, maxMs: 5_000 },
};

export interface BatchWriterParts {
  readonly queue: BatchConsumer;
  readonly store: BatchStore;
  readonly telemetry: Telemetry;
  readonly settings?: Partial<BatchWriterSettings>;
  readonly random?: () => number;
  /** Gives ms that never go back. */
  readonly clock?: () => number;
  readonly sleep?: Sleep;
}

const STATE_NUMBER: Readonly<Record<BreakerState, number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
};

/**
 * Takes groups of batches from the queue and commits them. While the store is away nothing is taken: the batches stay
 * in the queue, given back once, and a probe finds out when it is back.
 */
export class BatchWriter {
  private readonly parts: BatchWriterParts;
  private readonly settings: BatchWriterSettings;
  private readonly sleep: Sleep;
  private readonly breaker: CircuitBreaker;
  private readonly stopping = new AbortController();
  private consumption: Consumption | null = null;
  private recovery: Promise<void> | null = null;

  constructor(parts: BatchWriterParts) {
    this.parts = parts;
    this.settings = { ...BATCH_WRITER_DEFAULTS, ...parts.settings };
    this.sleep = parts.sleep ?? systemSleep;
    this.breaker = new CircuitBreaker(
      this.settings.probe,
      parts.random ?? (() => Math.random()),
      parts.clock ?? (() => performance.now()),
    );
    parts.telemetry.observe(
      'penstock_writer_breaker_state',
      '0 the store is written, 1 about to be tried again, 2 away',
      () => STATE_NUMBER[this.breaker.state],
    );
  }

  /** Whether the store takes batches; `closed` is the good state. */
  get state(): BreakerState {
    return this.breaker.state;
  }

  async start(): Promise<void> {
    this.consumption = await this.parts.queue.consume(
      (deliveries, signal) => this.write(deliveries, signal),
      this.settings.group,
    );
  }

  /** Stops taking batches and waits for the commits that are under way. Safe without `start`, and repeated. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.consumption?.close();
    await this.recovery;
  }

  private async write(
    deliveries: readonly Delivery[],
    signal: AbortSignal,
  ): Promise<readonly BatchDisposition[]> {
    // A group that was taken before the consumption was paused.
    if (this.breaker.state === 'open') throw new Error('the store is away');
    try {
      const batches = deliveries.map(({ batch }) => batch);
      const { dispositions } = await this.parts.store.commit(batches, signal);
      this.settled(dispositions);
      return dispositions;
    } catch (error) {
      if (!signal.aborted) await this.hold(error, deliveries.length);
      throw error;
    }
  }

  private settled(dispositions: readonly BatchDisposition[]): void {
    const seconds = this.breaker.openForMs / 1_000;
    if (this.breaker.succeeded()) this.parts.telemetry.emit(breakerClosed, { seconds });
    const counts = new Map<BatchDisposition, number>();
    for (const disposition of dispositions) {
      counts.set(disposition, (counts.get(disposition) ?? 0) + 1);
    }
    for (const [disposition, batches] of counts) {
      this.parts.telemetry.emit(batchSettled, { disposition, batches });
    }
  }

  /** Stops taking batches until the store can be written again. */
  private async hold(error: unknown, batches: number): Promise<void> {
    const { telemetry } = this.parts;
    if (!isTransient(error)) telemetry.emit(commitFailed, { batches, error: describe(error) });
    if (this.breaker.failed()) telemetry.emit(breakerOpened, { reason: reasonOf(error) });
    await this.consumption?.pause();
    this.recovery ??= this.recover();
  }

  private async recover(): Promise<void> {
    const { signal } = this.stopping;
    while (this.breaker.state === 'open') {
      await this.sleep(this.breaker.retryDelayMs(), signal);
      if (signal.aborted) return;
      await this.probe();
    }
    this.recovery = null;
    await this.consumption?.resume();
  }

  private async probe(): Promise<void> {
    try {
      await this.parts.store.probe();
      this.breaker.probeSucceeded();
    } catch (error) {
      this.breaker.failed();
      this.parts.telemetry.emit(probeFailed, { reason: reasonOf(error) });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
