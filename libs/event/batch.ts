import type { LogEvent } from './log-event.ts';
import type { Micros } from './timestamp.ts';

/**
 * One queue message: some events that are accepted, stored and acknowledged together.
 * Its id is stable across publish retries and redelivery; the ledger of the store is keyed by it.
 */
export interface Batch {
  /** UUIDv7, or UUIDv5 of (token, Idempotency-Key, part number) for a request with that header. */
  readonly id: string;
  readonly events: readonly LogEvent[];
  /** Approximate size of the encoded events in bytes: what every bound on memory counts. */
  readonly bytes: number;
  /** When ingest received it. */
  readonly receivedAt: Micros;
  /** SHA-256 of the request body, hex, for a batch of a request with an Idempotency-Key; else null. */
  readonly bodyHash: string | null;
  /** The span that published it, as W3C `traceparent`; absent without tracing. */
  readonly traceParent?: string;
}
