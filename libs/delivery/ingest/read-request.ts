import type { BatchRange, Micros } from '#event';
import { readEvents } from '#intake';
import { problem } from '#problem';
import { allowedEvents } from './allowed-events.ts';
import { accepted, type IngestAnswer, type Rejection } from './answer.ts';
import type { IngestRequest } from './request.ts';
import type { SizedEvents } from './shared-batches.ts';

/** At least one event to store, and those that cannot be. */
export interface EventsToStore extends SizedEvents {
  readonly kind: 'events';
  readonly rejected: readonly Rejection[];
  /** Of all events, as they are encoded. */
  readonly bytes: number;
  /** The cut into batches of a request with an Idempotency-Key; ranges may be empty. */
  readonly parts: readonly BatchRange[];
}

/** What a request holds: events to store, or the answer that it gets without any. */
export type ReadRequest =
  EventsToStore | { readonly kind: 'answered'; readonly answer: IngestAnswer };

/** Reads and normalises a body. Depends on nothing but its arguments. */
export function readRequest(request: IngestRequest, receivedAt: Micros): ReadRequest {
  const whole = readEvents(request.body, request.contentType, request.format, receivedAt);
  if (whole.kind === 'refused') {
    return { kind: 'answered', answer: problem(whole.status, whole.code, whole.detail) };
  }
  const read = allowedEvents(whole, request.sender.services);
  if (read.total === 0) return { kind: 'answered', answer: accepted(0, [], null) };
  if (read.events.length === 0) {
    const answer = problem(
      400,
      'all-rejected',
      'No event of the request can be stored; `rejected` says why.',
      {
        members: { rejected: read.rejected },
      },
    );
    return { kind: 'answered', answer };
  }
  const { events, sizes, rejected, parts } = read;
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { kind: 'events', events, sizes, rejected, bytes, parts };
}
