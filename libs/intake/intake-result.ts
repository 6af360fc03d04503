import type { BatchRange, LogEvent } from '#event';

/** An event that was not accepted: its index among the events of the request, and why. */
export interface RejectedEvent {
  readonly index: number;
  readonly reason: string;
}

/** The events of a request, each accepted or rejected with its reason. */
export interface ReadEvents {
  readonly kind: 'events';
  readonly events: readonly LogEvent[];
  /** Approximate encoded bytes of each of `events`. */
  readonly sizes: readonly number[];
  readonly rejected: readonly RejectedEvent[];
  /** Accepted and rejected together. */
  readonly total: number;
  /**
   * The cut of `events` into batches for a request with an `Idempotency-Key`; place in this list is part number.
   * It depends on the body alone: an event too far ahead of the time of receipt takes its place in the cut too, as
   * it may be accepted when the same request comes again. So a range may be empty.
   */
  readonly parts: readonly BatchRange[];
}

/** A request whose body cannot be read as events: the status to answer, a code for programs, a sentence for people. */
export interface RefusedBody {
  readonly kind: 'refused';
  readonly status: 400 | 413 | 415;
  readonly code:
    | 'unsupported-media-type'
    | 'empty-body'
    | 'malformed-json'
    | 'not-an-event'
    | 'too-many-events'
    | 'too-complex';
  readonly detail: string;
}

export type IntakeResult = ReadEvents | RefusedBody;

export function refused(
  status: RefusedBody['status'],
  code: RefusedBody['code'],
  detail: string,
): RefusedBody {
  return { kind: 'refused', status, code, detail };
}
