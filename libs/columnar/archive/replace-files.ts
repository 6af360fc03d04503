import type { PoolClient } from 'pg';
import { formatTimestamp } from '#event';
import { toSql, type Query } from '#query';
import { deleteRows, jobLockSql, transaction } from '#store';
import { quoted } from '../files/columns.ts';
import type { FileRecord } from '../files/file-record.ts';
import { replaceSegments, type ColumnarSegment } from './file-catalog.ts';

/** How many events of a key are gone. */
export type GoneRow = readonly (string | null)[];

/** What takes the place of a segment's files. */
export interface Replacement {
  readonly kept: readonly FileRecord[];
  readonly written: readonly FileRecord[];
  readonly goneMinutes: readonly GoneRow[];
  readonly goneHours: readonly GoneRow[];
}

/**
 * Makes rewritten files count, in one transaction with the rollups and with what the query finds in the tables of the
 * same range.
 *
 * @returns false where the segment is gone, or there was nothing to replace
 */
export function replaceFiles(
  client: PoolClient,
  segment: ColumnarSegment,
  query: Query,
  { kept, written, goneMinutes, goneHours }: Replacement,
): Promise<boolean> {
  return transaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '10s'; ${jobLockSql('rollups')}`);
    await clearTables(client, segment, query);
    if (goneMinutes.length === 0) return false;
    const { rowCount } = await client.query('SELECT FROM segment WHERE id = $1 FOR UPDATE', [
      segment.id,
    ]);
    if (rowCount === 0) return false;
    await replaceSegments(client, [segment], segment, [...kept, ...written]);
    await takeOut(client, goneMinutes, goneHours);
    return true;
  });
}

async function clearTables(
  client: PoolClient,
  { start, end }: ColumnarSegment,
  query: Query,
): Promise<void> {
  const range = [formatTimestamp(start), formatTimestamp(end)] as const;
  const { rows } = await client.query<{ id: number; engine: string; relation: string }>(
    `SELECT id, engine, relation FROM segment
     WHERE engine IN ('rows', 'kept') AND range_start < $2 AND range_end > $1`,
    [...range],
  );
  for (const { id, engine, relation } of rows) {
    const table = { id, relation: quoted(relation) };
    if (engine === 'rows') await deleteRows(client, table, query, range);
    else {
      // Its events are counted once, in the files.
      const values: unknown[] = [...range];
      const { sql } = toSql(query, (value) => `$${values.push(value)}`);
      await client.query(
        `DELETE FROM ${table.relation} WHERE ts >= $1 AND ts < $2 AND ${sql}`,
        values,
      );
    }
  }
}

async function takeOut(
  client: PoolClient,
  minutes: readonly GoneRow[],
  hours: readonly GoneRow[],
): Promise<void> {
  await client.query(
    `INSERT INTO rollup_minute (minute, level, service, events)
     SELECT (gone->>0)::timestamptz, (gone->>1)::smallint, gone->>2, -(gone->>3)::bigint
     FROM jsonb_array_elements($1) AS each (gone)`,
    [JSON.stringify(minutes)],
  );
  await client.query(
    `INSERT INTO rollup_hour (hour, service, resource_id, level, events)
     SELECT (gone->>0)::timestamptz, gone->>1, gone->>2, (gone->>3)::smallint, -(gone->>4)::bigint
     FROM jsonb_array_elements($1) AS each (gone)`,
    [JSON.stringify(hours)],
  );
}
