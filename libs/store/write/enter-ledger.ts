import type { PoolClient } from 'pg';
import type { Batch } from '#event';
import { enterBatchesSql, findEntries } from '../ledger.ts';
import { runScript } from './script.ts';

/**
 * What became of a batch: `stored` (its bad events, if any, in quarantine), `duplicate` (the ledger has it),
 * `conflict` (the ledger has its id with another body; not stored), `quarantined` (none of its events could be stored).
 */
export type BatchDisposition = 'stored' | 'duplicate' | 'conflict' | 'quarantined';

/** What is known of batches that are not simply stored. */
export type Dispositions = Map<Batch, BatchDisposition>;

/** A weaker setting of the server, the database or the role becomes `on`; `remote_apply`, which is stronger, stays. */
const DURABLE_SQL = `SELECT set_config('synchronous_commit', 'on', true)
 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`;

/**
 * Opens the transaction of a group and enters its batches into the ledger.
 *
 * @returns the batches that were new; the others are noted in `dispositions`
 */
export async function enterLedger(
  client: PoolClient,
  batches: readonly Batch[],
  groupSeq: number,
  dispositions: Dispositions,
): Promise<readonly Batch[]> {
  const rows = await runScript(client, [
    { sql: 'BEGIN ISOLATION LEVEL READ COMMITTED' },
    { sql: DURABLE_SQL },
    { sql: enterBatchesSql(batches, groupSeq) },
  ]);
  const entered = new Set(rows.at(-1));
  if (entered.size === batches.length) return batches;
  const repeated = batches.filter((batch) => !entered.has(batch.id));
  const entries = await findEntries(
    client,
    repeated.map((batch) => batch.id),
  );
  for (const batch of repeated) {
    const hash = entries.get(batch.id)?.bodyHash ?? null;
    dispositions.set(batch, repeatDisposition(batch.bodyHash, hash));
  }
  return batches.filter((batch) => entered.has(batch.id));
}

/** The first batch of each id; further ones are judged against it and noted in `dispositions`. */
export function withoutRepeats(batches: readonly Batch[], dispositions: Dispositions): Batch[] {
  const first = new Map<string, Batch>();
  for (const batch of batches) {
    const earlier = first.get(batch.id);
    if (earlier === undefined) first.set(batch.id, batch);
    else dispositions.set(batch, repeatDisposition(batch.bodyHash, earlier.bodyHash));
  }
  return [...first.values()];
}

/** A hash that is missing on either side says nothing, so it conflicts with nothing. */
function repeatDisposition(hash: string | null, stored: string | null): BatchDisposition {
  return hash !== null && stored !== null && hash !== stored ? 'conflict' : 'duplicate';
}
