import type { Batch } from '#event';

/**
 * What became of a batch that was offered to the queue.
 *
 * - `durable`: it survives a crash from now on; a 202 may be sent.
 * - `conflict`: its id was used before for another body (`Idempotency-Key` reuse).
 * - `overloaded`: refused before admission; nothing was stored; try again after the delay. `full` where the queue works
 *   and holds all that it may: a back-pressure that nothing on the way may hide.
 * - `unknown`: admitted, but the outcome did not arrive in time; only the same batch id is safe to repeat.
 */
export type PublishOutcome =
  | { readonly kind: 'durable' }
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'overloaded';
      readonly retryAfterMs: number;
      readonly reason: string;
      readonly full?: true;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Publishing side of the queue. Excluded: topology, credentials, broker types. */
export interface BatchPublisher {
  /** Resolves once the outcome is known, or when `signal` ends the wait (`unknown`). Never rejects for a broken backend. */
  publish(batch: Batch, signal: AbortSignal): Promise<PublishOutcome>;
}

/** What a handler says of each delivered batch: the store's word, with the reason in its name. */
export type BatchDisposition = 'stored' | 'duplicate' | 'conflict' | 'quarantined';

export interface Delivery {
  readonly batch: Batch;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/**
 * Handles some batches at once and answers one disposition per delivery, in order.
 * A rejection means that nothing is known to be stored: all are delivered again, in order, after a backoff.
 */
export type BatchHandler = (
  deliveries: readonly Delivery[],
  signal: AbortSignal,
) => Promise<readonly BatchDisposition[]>;

export interface ConsumeOptions {
  /** Most batches handed over at once. */
  readonly maxBatches: number;
  /** Most bytes handed over at once (one larger batch travels alone). */
  readonly maxBytes: number;
  /** Calls of the handler that may run side by side. */
  readonly concurrency: number;
  /** Absent where nothing waits for the sake of larger groups. */
  readonly linger?: Linger;
}

/**
 * A group of less than `bytes`, and of fewer batches than it may hold, waits for more while more can come, but no batch
 * longer than `ms`.
 */
export interface Linger {
  readonly bytes: number;
  readonly ms: number;
}

export interface Consumption {
  /**
   * Stops taking new deliveries; what is not settled stays in the queue. Does not wait for running handlers, so
   * that a handler may pause its own consumption before it rejects.
   */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops taking, waits for running handlers, gives back the rest. */
  close(): Promise<void>;
}

/** Consuming side of the queue. */
export interface BatchConsumer {
  consume(handler: BatchHandler, options: ConsumeOptions): Promise<Consumption>;
}

export interface QueueDepth {
  readonly ready: number;
  readonly unsettled: number;
  readonly bytes: number;
}

/** A durable queue of batches. Every adapter passes the suite of `conformance.ts`. */
export interface LogQueue extends BatchPublisher, BatchConsumer {
  depth(): Promise<QueueDepth>;
  /** Stops intake (`overloaded` from then on), waits for what was admitted up to the deadline, releases resources. */
  close(deadlineMs: number): Promise<void>;
}
