import { unlimitedSender } from '#access';
import type { IngestPipeline } from '#delivery';
import type { Replay, ReplayOutcome } from './quarantined-events.ts';

const QUARANTINE = unlimitedSender('quarantine');

/**
 * Sends quarantined bytes through the intake again. The key derived from the entry's id gives them the same batch
 * ids each time, so that a replay that is repeated stores nothing twice.
 */
export function replayThrough(pipeline: () => IngestPipeline): Replay {
  return async (raw, id) =>
    outcomeOf(
      await pipeline().accept({
        body: raw,
        contentType: 'application/x-ndjson',
        format: 'json',
        idempotencyKey: `quarantine-${id}`,
        sender: QUARANTINE,
      }),
    );
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface AnswerBody {
  readonly detail?: string;
  readonly rejected?: readonly { readonly reason: string }[];
}

function outcomeOf({ status, headers, body }: Answer): ReplayOutcome {
  const { detail, rejected = [] } = JSON.parse(body) as AnswerBody;
  const reason = rejected[0]?.reason ?? detail ?? `the intake answered ${status}`;
  if (status === 503)
    return {
      kind: 'unavailable',
      retryAfterSeconds: Number(headers['retry-after'] ?? 1),
      reason,
    };
  return status === 202 && rejected.length === 0
    ? { kind: 'accepted' }
    : { kind: 'rejected', reason };
}
