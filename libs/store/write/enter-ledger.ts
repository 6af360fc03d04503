import type { PoolClient } from 'pg';
import type { Batch } from '#event';
import type { Exceptions } from './dispositions.ts';
import { enterBatchesSql, enterNewBatchesSql, findEntries } from '../ledger.ts';
import { runScript, type Step } from './script.ts';

/** A weaker setting of the server, the database or the role becomes `on`; `remote_apply`, which is stronger, stays. */
export const DURABLE_SQL = `SELECT set_config('synchronous_commit', 'on', true)
 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`;

const BEGIN: readonly Step[] = [
  { sql: 'BEGIN ISOLATION LEVEL READ COMMITTED' },
  { sql: DURABLE_SQL },
];

/** The statements that open the transaction of a group and enter its batches: they fail where one of them is not new. */
export function openingSteps(batches: readonly Batch[], groupSeq: number): readonly Step[] {
  return [...BEGIN, { sql: enterBatchesSql(batches, groupSeq) }];
}

/**
 * Opens the transaction of a group and enters those of its batches that are new.
 *
 * @returns the batches that were new; the others are noted in the exceptions
 */
export async function enterLedger(
  client: PoolClient,
  batches: readonly Batch[],
  groupSeq: number,
  { ledgerHashes }: Exceptions,
): Promise<readonly Batch[]> {
  const rows = await runScript(client, [...BEGIN, { sql: enterNewBatchesSql(batches, groupSeq) }]);
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
