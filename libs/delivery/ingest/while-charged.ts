import type { Sender } from '#access';
import type { PublishOutcome } from '#queue';
import { limited, type IngestAnswer } from './answer.ts';
import type { EventsToStore } from './read-request.ts';

/** What became of the events of a request, and what its sender is told. */
export interface Stored {
  readonly outcome: PublishOutcome;
  readonly answer: IngestAnswer;
}

/**
 * Charges the events to their sender while they are stored, or answers that a limit is reached. What was not stored
 * does not count; what may be does.
 */
export async function whileCharged(
  sender: Sender,
  { events, bytes }: Pick<EventsToStore, 'events' | 'bytes'>,
  store: () => Promise<Stored>,
): Promise<IngestAnswer> {
  const charge = sender.charge(events.length, bytes);
  if (charge.kind === 'limited') return limited(charge);
  let mayBeStored = true;
  try {
    const { outcome, answer } = await store();
    mayBeStored = outcome.kind === 'durable' || outcome.kind === 'unknown';
    return answer;
  } finally {
    charge.settle(mayBeStored);
  }
}
