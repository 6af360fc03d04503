import type { Batch } from '#event';

/**
 * What became of a batch: `stored` (its bad events, if any, in quarantine), `duplicate` (the ledger has it),
 * `conflict` (the ledger has its id with another body; not stored), `quarantined` (none of its events could be stored).
 */
export type BatchDisposition = 'stored' | 'duplicate' | 'conflict' | 'quarantined';

/** What a commit learned about batches that are not simply stored, by batch id. */
export interface Exceptions {
  /** Body hashes in the ledger of the batches that it had already. */
  readonly ledgerHashes: Map<string, string | null>;
  /** Batches of which every event was refused. */
  readonly quarantined: Set<string>;
}

export function noExceptions(): Exceptions {
  return { ledgerHashes: new Map(), quarantined: new Set() };
}

/** The first batch of each id. */
export function firstOfEachId(batches: readonly Batch[]): readonly Batch[] {
  const first = new Map<string, Batch>();
  for (const batch of batches) if (!first.has(batch.id)) first.set(batch.id, batch);
  return first.size === batches.length ? batches : [...first.values()];
}

/** One disposition per batch, in order. An id that comes again in the same call is judged like one that comes later. */
export function dispositionsOf(
  batches: readonly Batch[],
  { ledgerHashes, quarantined }: Exceptions,
): readonly BatchDisposition[] {
  const hashes = new Map(ledgerHashes);
  return batches.map((batch) => {
    const hash = hashes.get(batch.id);
    if (hash !== undefined) return repeatDisposition(batch.bodyHash, hash);
    hashes.set(batch.id, batch.bodyHash);
    return quarantined.has(batch.id) ? 'quarantined' : 'stored';
  });
}

/** A hash that is missing on either side says nothing, so it conflicts with nothing. */
function repeatDisposition(hash: string | null, stored: string | null): BatchDisposition {
  return hash !== null && stored !== null && hash !== stored ? 'conflict' : 'duplicate';
}
