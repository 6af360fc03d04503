import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { jobLockSql, LOCKS, lockSql } from '../advisory-locks.ts';
import { transaction } from '../jobs/transaction.ts';
import { indexesSql } from './partition-creator.ts';
import type { RowSegment } from './segment-catalog.ts';

/**
 * Closes a table for good: from the commit on it holds what it holds, and events of its range that come later go
 * into another table.
 *
 * The table gets a new number in the catalog. A group that is being written into it either has written rows with a
 * reference to the old number, then its end is waited for; or it will, finds no such number, and is tried again.
 *
 * @returns the new number of the sealed table
 * @throws an error with code 55P03 where a writer or a job holds a lock for more than a second
 */
export function sealTable(client: PoolClient, table: RowSegment): Promise<number> {
  return transaction(client, async () => {
    await client.query(
      `SET LOCAL lock_timeout = '1s'; ${lockSql(LOCKS.partitions)}; ${jobLockSql('build-filters')}`,
    );
    await client.query('SELECT FROM segment WHERE id = $1 FOR UPDATE', [table.id]);
    const sealed = await renumber(client, table);
    await addLateTable(client, table);
    return sealed;
  });
}

async function renumber(client: PoolClient, { id, relation }: RowSegment): Promise<number> {
  await client.query(`UPDATE segment SET relation = relation || ' (sealed)' WHERE id = $1`, [id]);
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO segment (relation, range_start, range_end, created_at, commit_floor, sealed_commit)
     SELECT $2, range_start, range_end, created_at, commit_floor,
       coalesce((SELECT max(commit_seq) FROM log_group), 0)
     FROM segment WHERE id = $1 RETURNING id`,
    [id, relation],
  );
  const sealed = rows[0]?.id;
  if (sealed === undefined) throw new Error(`${relation} is not in the catalog any more`);
  await client.query('UPDATE group_part SET segment_id = $2 WHERE segment_id = $1', [id, sealed]);
  await client.query('UPDATE skip_filter SET segment_id = $2 WHERE segment_id = $1', [id, sealed]);
  await client.query('DELETE FROM segment WHERE id = $1', [id]);
  return sealed;
}

/** Numbered, since a late table may be sealed in its turn while others of its range are still there. */
async function addLateTable(client: PoolClient, { relation, start, end }: RowSegment) {
  const { rows } = await client.query<{ id: string }>(
    `SELECT nextval(pg_get_serial_sequence('segment', 'id')) AS id`,
  );
  const name = `${relation.replace(/_late_\d+$/, '')}_late_${rows[0]?.id ?? ''}`;
  const range = [formatTimestamp(start), formatTimestamp(end)] as const;
  await client.query(`
    CREATE TABLE ${name} (CHECK (ts >= '${range[0]}' AND ts < '${range[1]}')) INHERITS (log_event_late);
    ${indexesSql(name)}
    INSERT INTO segment (relation, range_start, range_end)
    VALUES ('${name}', '${range[0]}', '${range[1]}')`);
}
