import type { BatchQuarantine, BatchStore, BatchWriterSettings } from '#delivery';
import type { Telemetry } from '#telemetry';

/** What the writer is given, already open. */
export interface WriterParts {
  /** The part of a `Store` that it needs. */
  readonly store: { readonly writer: BatchStore };
  readonly telemetry: Telemetry;
  /** Where conflicting batches go, when no sender waits for the writer's word. */
  readonly conflicts?: BatchQuarantine;
  readonly settings?: Partial<BatchWriterSettings>;
}

/** Token of the `BatchWriter`, whose state tells whether the store takes batches. */
export const BATCH_WRITER = Symbol('BatchWriter');
