import type { PoolClient } from 'pg';
import { formatTimestamp, type Micros } from '#event';
import { jobLockKey, transaction } from '#store';
import type { Engine, StatementLimits } from '../duckdb/engine.ts';
import { quoted, readFiles } from '../files/columns.ts';

const ROLLUPS_LOCK = jobLockKey('rollups');

/** Both at full hours; `end` exclusive. */
export interface CountedRange {
  readonly start: Micros;
  readonly end: Micros;
}

type CountRow = readonly (string | null)[];

/** How many events of each key some files hold. */
export interface FileCounts {
  /** (start of the minute, level, service, events) */
  readonly minutes: readonly CountRow[];
  /** (start of the hour, service, resourceId, level, events) */
  readonly hours: readonly CountRow[];
}

export async function countFiles(
  engine: Engine,
  paths: readonly string[],
  { start, end }: CountedRange,
  limits: StatementLimits,
): Promise<FileCounts> {
  const minutes: CountRow[] = [];
  const hours: CountRow[] = [];
  const within = `ts >= '${formatTimestamp(start)}' AND ts < '${formatTimestamp(end)}'`;
  for (const path of paths) {
    const events = `${readFiles([path])} WHERE ${within}`;
    minutes.push(
      ...(await engine.rows(
        `SELECT time_bucket(INTERVAL 1 minute, ts)::VARCHAR, level::VARCHAR, service, count(*)::VARCHAR
         FROM ${events} GROUP BY ALL`,
        [],
        limits,
      )),
    );
    hours.push(
      ...(await engine.rows(
        `SELECT time_bucket(INTERVAL 1 hour, ts)::VARCHAR, service, resource_id, level::VARCHAR, count(*)::VARCHAR
         FROM ${events} GROUP BY ALL`,
        [],
        limits,
      )),
    );
  }
  return { minutes, hours };
}

/** Of a range without files. */
export const NO_FILES: FileCounts = { minutes: [], hours: [] };

/**
 * Runs the work in one transaction of one snapshot, while no job counts events or deletes them: what `recount` needs.
 *
 * @throws an error with code 55P03 where a job is at the rollups for more than ten seconds
 */
export async function whileNobodyCounts<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  // Before the snapshot, which would not see what the job that had the lock has done.
  await transaction(client, () =>
    client.query(`SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_lock(${ROLLUPS_LOCK})`),
  );
  try {
    return await transaction(client, work, 'REPEATABLE READ');
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${ROLLUPS_LOCK})`);
  }
}

/**
 * Makes the rollups of a range those of its tables and of its files. Needs the lock of the jobs over rollups, and a
 * transaction whose statements all read one snapshot: a group that is committed meanwhile brings rollups of its own.
 */
export async function recount(
  client: PoolClient,
  { start, end }: CountedRange,
  files: FileCounts,
): Promise<void> {
  const range = [formatTimestamp(start), formatTimestamp(end)];
  await client.query('DELETE FROM rollup_minute WHERE minute >= $1 AND minute < $2', range);
  await client.query('DELETE FROM rollup_hour WHERE hour >= $1 AND hour < $2', range);
  await client.query('DELETE FROM rollup_hour_overflow WHERE hour >= $1 AND hour < $2', range);
  const { rows } = await client.query<{ relation: string }>(
    `SELECT relation FROM segment WHERE engine = 'rows' AND range_start < $2 AND range_end > $1`,
    range,
  );
  for (const { relation } of rows) await countTable(client, relation, range);
  for (const part of parts(files.minutes)) {
    await client.query(
      `INSERT INTO rollup_minute (minute, level, service, events)
       SELECT (each->>0)::timestamptz, (each->>1)::smallint, each->>2, (each->>3)::bigint
       FROM jsonb_array_elements($1) AS counted (each)`,
      [JSON.stringify(part)],
    );
  }
  for (const part of parts(files.hours)) {
    await client.query(
      `INSERT INTO rollup_hour (hour, service, resource_id, level, events)
       SELECT (each->>0)::timestamptz, each->>1, each->>2, (each->>3)::smallint, (each->>4)::bigint
       FROM jsonb_array_elements($1) AS counted (each)`,
      [JSON.stringify(part)],
    );
  }
}

/** Without the groups that are not counted yet: a job or their writer will. */
async function countTable(
  client: PoolClient,
  relation: string,
  range: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO rollup_minute (minute, level, service, events)
     SELECT date_trunc('minute', ts, 'UTC'), level, service, count(*) FROM ${quoted(relation)}
     WHERE ts >= $1 AND ts < $2 AND group_seq NOT IN (SELECT group_seq FROM log_group WHERE NOT minute_rollup)
     GROUP BY 1, 2, 3`,
    [...range],
  );
  await client.query(
    `INSERT INTO rollup_hour (hour, service, resource_id, level, events)
     SELECT date_trunc('hour', ts, 'UTC'), service, resource_id, level, count(*) FROM ${quoted(relation)}
     WHERE ts >= $1 AND ts < $2 AND group_seq NOT IN (SELECT group_seq FROM log_group WHERE NOT hour_rollup)
     GROUP BY 1, 2, 3, 4`,
    [...range],
  );
}

const ROWS_AT_ONCE = 20_000;

function* parts(rows: readonly CountRow[]): Generator<readonly CountRow[]> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield rows.slice(at, at + ROWS_AT_ONCE);
}
