import { unlimitedSender } from '#access';
import type { IngestPipeline } from '#delivery';
import { BatchFormatError, type Batch } from '#event';
import { isKeptMessage, readKeptMessage, type PublishOutcome } from '#queue';
import type { Replay, ReplayOutcome } from './quarantined-events.ts';

const QUARANTINE = unlimitedSender('quarantine');

/**
 * Sends quarantined bytes through the intake again. The key derived from the entry's id gives them the same batch
 * ids each time, so that a replay that is repeated stores nothing twice. A whole message of another version, kept
 * because nobody could read it then, is published as the batch that it is.
 */
export function replayThrough(pipeline: () => IngestPipeline): Replay {
  return async (raw, id) =>
    isKeptMessage(raw)
      ? await replayMessage(raw, pipeline())
      : outcomeOf(
          await pipeline().accept({
            body: raw,
            contentType: 'application/x-ndjson',
            format: 'json',
            idempotencyKey: `quarantine-${id}`,
            sender: QUARANTINE,
          }),
        );
}

async function replayMessage(raw: Buffer, pipeline: IngestPipeline): Promise<ReplayOutcome> {
  let batch: Batch;
  try {
    batch = readKeptMessage(raw);
  } catch (error) {
    if (!(error instanceof BatchFormatError)) throw error;
    return { kind: 'rejected', reason: error.message };
  }
  return published(await pipeline.republish(batch));
}

function published(outcome: PublishOutcome): ReplayOutcome {
  switch (outcome.kind) {
    case 'durable':
      return { kind: 'accepted' };
    case 'conflict':
      return { kind: 'rejected', reason: 'its batchId was used for another body before' };
    case 'overloaded': {
      const { retryAfterMs, reason } = outcome;
      return { kind: 'unavailable', retryAfterSeconds: Math.ceil(retryAfterMs / 1_000), reason };
    }
    case 'unknown':
      return { kind: 'unavailable', retryAfterSeconds: 1, reason: outcome.reason };
  }
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
