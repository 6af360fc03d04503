import { systemClock, type Batch } from '#event';
import type { BatchDisposition, ConsumeOptions } from '#queue';
import { isTransient } from '#store';
import { namedBatches, type Telemetry } from '#telemetry';
import { type BackoffSettings, systemSleep, type Sleep } from '#retry';
import { CircuitBreaker, type BreakerState } from './circuit-breaker.ts';
import {
  batchSettled,
  breakerClosed,
  breakerOpened,
  breakerState,
  commitFailed,
  groupReturned,
  probeFailed,
} from './events.ts';
import { TracedGroup } from './traced-group.ts';
import { Unwritten } from './unwritten.ts';

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

/** The flow of groups that one belongs to. */
export interface BatchFlow {
  /** Aborts when the group is not wanted any more. */
  readonly signal: AbortSignal;
  /** No further groups come until `resume`. Does not wait for those that are being written. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** How large a group is that a writer commits at once, and how many at a time. */
export const GROUP_DEFAULTS: ConsumeOptions = {
  maxBatches: 200,
  maxBytes: 1.5 * 1024 * 1024,
  concurrency: 2,
};

/**
 * Groups of batches that are durable already, whose senders wait for nothing. Groups of 500 to 1,000 events cost a fifth
 * more than those of 2,000 (ledger, group, filter and commit are paid once for each), so some wait for more.
 */
export const DURABLE_GROUP_DEFAULTS: ConsumeOptions = {
  ...GROUP_DEFAULTS,
  linger: { bytes: 640 * 1024, ms: 25 },
};

export interface BatchWriterSettings {
  /** Wait between probes while the store is away. */
  readonly probe: BackoffSettings;
}

export const BATCH_WRITER_DEFAULTS: BatchWriterSettings = {
  probe: { baseMs: 200, maxMs: 5_000 },
};

/** Keeps whole batches that are not stored. */
export interface BatchQuarantine {
  /** Safe to repeat with the same batch and reason. */
  add(batch: Batch, reason: string, detail: string): Promise<void>;
}

/** Reason of a batch whose Idempotency-Key came before with another body. */
export const KEY_REUSED_REASON = 'idempotency-key-reused';

export interface BatchWriterParts {
  readonly store: BatchStore;
  /** Where conflicting batches go, for a queue whose senders do not wait for the word of the writer. */
  readonly conflicts?: BatchQuarantine;
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
 * Commits groups of batches. While the store is away it pauses the flow of groups: the batches stay in the queue, given
 * back once, and a probe finds out when it is back.
 */
export class BatchWriter {
  private readonly parts: BatchWriterParts;
  private readonly settings: BatchWriterSettings;
  private readonly sleep: Sleep;
  private readonly breaker: CircuitBreaker;
  private readonly unwritten = new Unwritten(systemClock);
  private readonly stopping = new AbortController();
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
    parts.telemetry.observe(breakerState, () => STATE_NUMBER[this.breaker.state]);
  }

  /** Whether the store takes batches; `closed` is the good state. */
  get state(): BreakerState {
    return this.breaker.state;
  }

  /** What it holds, and for how long the oldest batch has waited. */
  get figures(): {
    readonly heldBatches: number;
    readonly oldestSeconds: number | null;
    readonly breaker: BreakerState;
  } {
    const { batches, oldestSeconds } = this.unwritten;
    return { heldBatches: batches, oldestSeconds, breaker: this.state };
  }

  /** One disposition per batch, in order. Rejects while nothing is known to be stored: the group must come again. */
  async write(batches: readonly Batch[], flow: BatchFlow): Promise<readonly BatchDisposition[]> {
    // A group that was taken before the flow was paused.
    if (this.breaker.state === 'open') {
      this.reportReturned(batches, 'store-away');
      throw new Error('the store is away');
    }
    this.unwritten.taken(batches);
    const trace = new TracedGroup(batches, this.parts.telemetry);
    try {
      const { dispositions } = await this.parts.store.commit(batches, flow.signal);
      this.unwritten.written(batches);
      await this.keepConflicts(batches, dispositions);
      this.settled(dispositions);
      trace.settled(dispositions);
      return dispositions;
    } catch (error) {
      trace.failed(reasonOf(error));
      this.unwritten.returned(batches);
      if (flow.signal.aborted) this.reportReturned(batches, 'stopping');
      else await this.hold(error, batches, flow);
      throw error;
    }
  }

  /** Ends the probes. Safe to repeat; who drives the flow waits for the groups that are being written. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.recovery;
  }

  /** The sender has its 202 already, so the events must not vanish. */
  private async keepConflicts(
    batches: readonly Batch[],
    dispositions: readonly BatchDisposition[],
  ): Promise<void> {
    const { conflicts } = this.parts;
    if (conflicts === undefined) return;
    const conflicting = batches.filter((_, i) => dispositions[i] === 'conflict');
    for (const batch of conflicting)
      await conflicts.add(
        batch,
        KEY_REUSED_REASON,
        'its Idempotency-Key was used before for another body',
      );
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
  private async hold(error: unknown, batches: readonly Batch[], flow: BatchFlow): Promise<void> {
    const { telemetry } = this.parts;
    const isAway = isTransient(error);
    this.reportReturned(batches, isAway ? 'store-away' : 'failed');
    if (!isAway) {
      const batchIds = namedBatches(batches);
      telemetry.emit(commitFailed, { batches: batches.length, batchIds, error: describe(error) });
    }
    if (this.breaker.failed()) telemetry.emit(breakerOpened, { reason: reasonOf(error) });
    await flow.pause();
    this.recovery ??= this.recover(flow);
  }

  private reportReturned(
    batches: readonly Batch[],
    reason: 'store-away' | 'failed' | 'stopping',
  ): void {
    const batchIds = namedBatches(batches);
    this.parts.telemetry.emit(groupReturned, { batches: batches.length, batchIds, reason });
  }

  private async recover(flow: BatchFlow): Promise<void> {
    const { signal } = this.stopping;
    while (this.breaker.state === 'open') {
      await this.sleep(this.breaker.retryDelayMs(), signal);
      if (signal.aborted) return;
      await this.probe();
    }
    this.recovery = null;
    await flow.resume();
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
