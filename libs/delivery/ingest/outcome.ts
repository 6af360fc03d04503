import type { PublishOutcome } from '#queue';

/**
 * The outcome of a request whose events are in several batches. A refusal counts as such only when it holds for all of
 * them; when some are stored, or may be, and others were refused until the wait ended, the request is `unknown`.
 */
export function combineOutcomes(outcomes: readonly PublishOutcome[]): PublishOutcome {
  const conflict = outcomes.find(({ kind }) => kind === 'conflict');
  if (conflict !== undefined) return conflict;
  const open = outcomes.find(({ kind }) => kind !== 'durable');
  if (open === undefined) return { kind: 'durable' };
  if (outcomes.every(({ kind }) => kind === 'overloaded')) return open;
  const reason = open.kind === 'durable' || open.kind === 'conflict' ? open.kind : open.reason;
  return { kind: 'unknown', reason };
}
