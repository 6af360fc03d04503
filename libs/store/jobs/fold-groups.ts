import type { PoolClient } from 'pg';
import type { Micros } from '#event';
import { SCAN_BY_GROUP_SQL } from '../scan-by-group.ts';
import { LEFT_AFTER } from '../write/pending-rollups.ts';
import { NOTHING_TO_DO, type Job, type JobReport } from './job.ts';
import { transaction } from './transaction.ts';

/** Bounds of one run: the transaction stays short and the scan in memory. */
const MAX_GROUPS = 5_000;
const MAX_EVENTS = 100_000;

interface PendingGroup {
  readonly group_seq: string;
  readonly events: number;
  readonly minute_rollup: boolean;
  readonly hour_rollup: boolean;
}

/**
 * Counts the groups whose writer appended no rollup rows, neither with them (too many keys for their size) nor shortly
 * after (`PendingRollups`), from their events, and marks them as counted, in one transaction: a reader's snapshot sees
 * a group either as pending, and scans it, or in the rollups.
 *
 * @param leftAfter age at which a group is taken as left by its writer
 */
export function createFoldGroups(leftAfter: Micros = LEFT_AFTER): Job {
  return {
    name: 'fold-groups',
    lock: 'rollups',
    intervalMs: 1_000,
    run: (client) =>
      transaction(client, async () => {
        const pending = await pendingGroups(client, leftAfter);
        if (pending.length === 0) return NOTHING_TO_DO;
        await fold(client, pending);
        return report(pending);
      }),
  };
}

/** Locked, so that their writer cannot claim them meanwhile. */
async function pendingGroups(
  client: PoolClient,
  leftAfter: Micros,
): Promise<readonly PendingGroup[]> {
  const answer = await client.query<PendingGroup>(
    `SELECT group_seq, events, minute_rollup, hour_rollup FROM (
       SELECT *, sum(events) OVER (ORDER BY group_seq) - events AS before
       FROM (SELECT group_seq, events, minute_rollup, hour_rollup FROM log_group
             WHERE NOT (minute_rollup AND hour_rollup) AND committed_at < clock_timestamp() - $3 * interval '1 us'
             ORDER BY group_seq LIMIT $1 FOR UPDATE SKIP LOCKED) AS oldest
     ) AS bounded WHERE before < $2 ORDER BY group_seq`,
    [MAX_GROUPS, MAX_EVENTS, leftAfter],
  );
  return answer.rows;
}

async function fold(client: PoolClient, pending: readonly PendingGroup[]): Promise<void> {
  const groups = pending.map((group) => group.group_seq);
  const forMinutes = pending.filter((group) => !group.minute_rollup).map((g) => g.group_seq);
  const forHours = pending.filter((group) => !group.hour_rollup).map((g) => g.group_seq);
  const relations = await relationsOf(client, groups);
  await client.query(SCAN_BY_GROUP_SQL);
  for (const relation of relations) {
    await client.query(
      `INSERT INTO rollup_minute (minute, level, service, events)
       SELECT date_trunc('minute', ts), level, service, count(*) FROM ${relation}
       WHERE group_seq BETWEEN $1 AND $2 AND group_seq = ANY($3::bigint[]) GROUP BY 1, 2, 3`,
      bounds(forMinutes),
    );
    await client.query(
      `INSERT INTO rollup_hour (hour, service, resource_id, level, events)
       SELECT date_trunc('hour', ts), service, resource_id, level, count(*) FROM ${relation}
       WHERE group_seq BETWEEN $1 AND $2 AND group_seq = ANY($3::bigint[]) GROUP BY 1, 2, 3, 4`,
      bounds(forHours),
    );
  }
  await client.query(
    'UPDATE log_group SET minute_rollup = true, hour_rollup = true WHERE group_seq = ANY($1::bigint[])',
    [groups],
  );
}

/** The groups are in ascending order; without any, bounds that match no row. */
function bounds(groups: readonly string[]): [string, string, readonly string[]] {
  return [groups[0] ?? '0', groups.at(-1) ?? '-1', groups];
}

/** The partitions that hold events of some of the groups: each group lies in a part or under a filter. */
async function relationsOf(
  client: PoolClient,
  groups: readonly string[],
): Promise<readonly string[]> {
  const answer = await client.query<{ relation: string }>(
    `SELECT quote_ident(relation) AS relation FROM segment WHERE engine = 'rows' AND id IN (
       SELECT segment_id FROM group_part WHERE group_seq BETWEEN $1 AND $2
       UNION
       SELECT segment_id FROM skip_filter WHERE last_group >= $1 AND first_group <= $2)`,
    [groups[0], groups.at(-1)],
  );
  return answer.rows.map((row) => row.relation);
}

function report(pending: readonly PendingGroup[]): JobReport {
  const events = pending.reduce((sum, group) => sum + group.events, 0);
  return { done: pending.length, more: pending.length >= MAX_GROUPS || events >= MAX_EVENTS };
}
