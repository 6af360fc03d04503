import type { PoolClient } from 'pg';
import type { Batch } from '#event';
import type { Exceptions } from './dispositions.ts';
import { enterBatchesSql, findEntries } from '../ledger.ts';
import { runScript } from './script.ts';

/** A weaker setting of the server, the database or the role becomes `on`; `remote_apply`, which is stronger, stays. */
export const DURABLE_SQL = `SELECT set_config('synchronous_commit', 'on', true)
 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`;

/**
 * Opens the transaction of a group and enters its batches into the ledger.
 *
 * @returns the batches that were new; the others are noted in the exceptions
 */
export async function enterLedger(
  client: PoolClient,
  batches: readonly Batch[],
  groupSeq: number,
  { ledgerHashes }: Exceptions,
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
  // An entry that has just expired says nothing about the body.
  for (const { id } of repeated) ledgerHashes.set(id, entries.get(id)?.bodyHash ?? null);
  return batches.filter((batch) => entered.has(batch.id));
}
