import type { Batch } from '#event';
import type { PublishOutcome } from '../log-queue.ts';

/** A batch in the queue, with the promise of its publisher. */
export interface QueuedBatch {
  readonly batch: Batch;
  /** `Batch.bytes`. */
  readonly bytes: number;
  /** The place in the order of publishing; redelivery keeps it. */
  readonly sequence: number;
  /** 1 for the first delivery. */
  attempt: number;
  readonly settle: (outcome: PublishOutcome) => void;
}
