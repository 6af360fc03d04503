import { BATCH_BYTES, type Batch, type LogEvent, type Micros } from '#event';
import type { PublishOutcome } from '#queue';
import type { TraceParent } from '#telemetry';
import { Consignment } from './consignment.ts';

export interface SharedBatchSettings {
  /** A batch is closed before it would exceed this; a larger event travels alone. */
  readonly maxBytes: number;
  /** Longest time that a batch stays open while others are on their way, in ms. */
  readonly maxDelayMs: number;
}

export const SHARED_BATCH_DEFAULTS: SharedBatchSettings = {
  maxBytes: BATCH_BYTES,
  maxDelayMs: 3,
};

/** Events with the bytes of each. */
export interface SizedEvents {
  readonly events: readonly LogEvent[];
  readonly sizes: readonly number[];
}

/** Where the events of a request went. */
export interface Placement {
  /** The first batch that holds some of them. */
  readonly batchId: string;
  /** The outcome of every batch that holds some of them. */
  readonly outcomes: Promise<readonly PublishOutcome[]>;
}

/**
 * Publishes a batch.
 *
 * @param consignment the batches of the same request, where there are others
 * @param causes the requests whose events it holds, as far as they are traced
 */
export type PublishBatch = (
  batch: Batch,
  consignment: Consignment | null,
  causes: readonly TraceParent[],
) => Promise<PublishOutcome>;

/** Most requests that the trace of a batch names. */
const MOST_CAUSES = 32;

interface OpenBatch {
  readonly id: string;
  readonly events: LogEvent[];
  readonly receivedAt: Micros;
  readonly outcome: PromiseWithResolvers<PublishOutcome>;
  /** Of the request that continues in other batches, if there is one. */
  readonly consignment: Consignment | null;
  readonly causes: TraceParent[];
  bytes: number;
}

/**
 * Group commit: events of many requests share a batch. A batch is closed when it is full, at once while no other is on
 * its way, or after `maxDelayMs`; so a lone request does not wait, and under load a commit serves many.
 */
export class SharedBatches {
  private readonly settings: SharedBatchSettings;
  private readonly publish: PublishBatch;
  private readonly makeId: () => string;
  private open: OpenBatch | null = null;
  private onTheirWay = 0;
  private timer: NodeJS.Timeout | null = null;
  private turnScheduled = false;

  constructor(settings: SharedBatchSettings, makeId: () => string, publish: PublishBatch) {
    this.settings = settings;
    this.makeId = makeId;
    this.publish = publish;
  }

  /** Adds the events of one request, of which there is at least one, in their order. */
  append(
    { events, sizes }: SizedEvents,
    receivedAt: Micros,
    cause: TraceParent | null = null,
  ): Placement {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    // A request that fits into one batch waits for one commit only.
    if (this.open !== null && this.open.bytes + total > this.settings.maxBytes) this.close();
    // A request that needs several batches begins with a new one.
    const consignment = total > this.settings.maxBytes ? new Consignment() : null;
    const first = this.place(receivedAt, sizes[0] ?? 0, consignment);
    const outcomes = [first.outcome.promise];
    noteCause(first, cause);
    let last = first;
    events.forEach((event, i) => {
      const size = sizes[i] ?? 0;
      const batch = this.place(receivedAt, size, consignment);
      batch.events.push(event);
      batch.bytes += size;
      if (batch === last) return;
      outcomes.push(batch.outcome.promise);
      noteCause(batch, cause);
      last = batch;
    });
    if (last.bytes >= this.settings.maxBytes) this.close();
    else this.schedule();
    return { batchId: first.id, outcomes: Promise.all(outcomes) };
  }

  /** Closes the open batch, if there is one. */
  flush(): void {
    this.close();
  }

  /** The open batch, or a new one where the next event does not fit. */
  private place(receivedAt: Micros, size: number, consignment: Consignment | null): OpenBatch {
    const open = this.open;
    if (open !== null) {
      if (open.events.length === 0 || open.bytes + size <= this.settings.maxBytes) return open;
      this.close();
    }
    const id = this.makeId();
    consignment?.add(id);
    this.open = {
      id,
      consignment,
      events: [],
      causes: [],
      bytes: 0,
      receivedAt,
      outcome: Promise.withResolvers(),
    };
    return this.open;
  }

  private schedule(): void {
    if (this.onTheirWay === 0) this.closeAfterTurn();
    else
      this.timer ??= setTimeout(() => {
        this.close();
      }, this.settings.maxDelayMs);
  }

  /** Requests that arrived in the same turn of the event loop still join. */
  private closeAfterTurn(): void {
    if (this.turnScheduled) return;
    this.turnScheduled = true;
    setImmediate(() => {
      this.turnScheduled = false;
      this.close();
    });
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const batch = this.open;
    if (batch === null) return;
    this.open = null;
    void this.send(batch);
  }

  private async send({ outcome, consignment, causes, ...batch }: OpenBatch): Promise<void> {
    this.onTheirWay++;
    try {
      outcome.resolve(await this.publish({ ...batch, bodyHash: null }, consignment, causes));
    } catch (error) {
      outcome.resolve({ kind: 'unknown', reason: String(error) });
    }
    this.onTheirWay--;
    if (this.onTheirWay === 0 && this.open !== null) this.closeAfterTurn();
  }
}

function noteCause({ causes }: OpenBatch, cause: TraceParent | null): void {
  if (cause !== null && causes.length < MOST_CAUSES) causes.push(cause);
}
