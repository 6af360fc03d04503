import type { PoolClient } from 'pg';
import type { Job, JobReport } from './job.ts';
import { transaction } from './transaction.ts';

/** Bound of one run, in minutes and in hours. */
const MAX_KEYS = 500;

/** Above this an hour's rollup would cost more than it saves: the hour is left to scans (ARCHITECTURE.md). */
export const MAX_RESOURCES_PER_HOUR = 10_000;

/** Merged rows of a minute or hour for each appended one, up to which it is merged at once. */
const MERGED_PER_APPENDED = 2;
const AT_ONCE = `rows * ${MERGED_PER_APPENDED} >= merged_rows`;

/**
 * Merges the rollup rows that groups and retention appended, so that an answer reads about one row per key.
 * Appending and merging apart, because upserts of one hot minute would make writers wait for each other.
 *
 * A minute or hour waits until it has half as many appended rows as merged ones: merging writes them all again, so a
 * row is written a bounded number of times however often this runs, and an answer reads half more at the most, once
 * it has run.
 */
export const mergeRollups: Job = {
  name: 'merge-rollups',
  lock: 'rollups',
  intervalMs: 2_000,
  run: (client) => merge(client, AT_ONCE),
};

/** Merges what waited, too: of a minute or hour that is over, little may come, and each run would look at it again. */
export const mergeRemainders: Job = {
  name: 'merge-rollup-remainders',
  lock: 'rollups',
  intervalMs: 300_000,
  run: (client) => merge(client, 'true'),
};

async function merge(client: PoolClient, due: string): Promise<JobReport> {
  const minutes = await mergeMinutes(client, due);
  const hours = await mergeHours(client, due);
  return { done: minutes + hours, more: minutes === MAX_KEYS || hours === MAX_KEYS };
}

async function mergeMinutes(client: PoolClient, due: string): Promise<number> {
  const minutes = await unmerged(client, 'rollup_minute', 'minute', due);
  if (minutes.length === 0) return 0;
  await client.query(
    `WITH taken AS (
       DELETE FROM rollup_minute WHERE minute = ANY($1::timestamptz[])
       RETURNING minute, level, service, events)
     INSERT INTO rollup_minute (minute, level, service, events, merged)
     SELECT minute, level, service, sum(events), true FROM taken
     GROUP BY minute, level, service HAVING sum(events) <> 0`,
    [minutes],
  );
  return minutes.length;
}

async function mergeHours(client: PoolClient, due: string): Promise<number> {
  const hours = await unmerged(client, 'rollup_hour', 'hour', due);
  if (hours.length === 0) return 0;
  await transaction(client, async () => {
    await client.query(
      `INSERT INTO rollup_hour_overflow (hour)
       SELECT hour FROM rollup_hour WHERE hour = ANY($1::timestamptz[])
       GROUP BY hour HAVING count(DISTINCT resource_id) > $2
       ON CONFLICT DO NOTHING`,
      [hours, MAX_RESOURCES_PER_HOUR],
    );
    await client.query(
      `WITH taken AS (
         DELETE FROM rollup_hour WHERE hour = ANY($1::timestamptz[])
         RETURNING hour, service, resource_id, level, events)
       INSERT INTO rollup_hour (hour, service, resource_id, level, events, merged)
       SELECT hour, service, resource_id, level, sum(events), true FROM taken
       WHERE hour NOT IN (SELECT hour FROM rollup_hour_overflow)
       GROUP BY hour, service, resource_id, level HAVING sum(events) <> 0`,
      [hours],
    );
  });
  return hours.length;
}

/**
 * What retention took out of the counts is merged at once, so that no counts of zero stay.
 *
 * @param due SQL over `rows`, which were appended, and `merged_rows`
 */
async function unmerged(
  client: PoolClient,
  table: 'rollup_minute' | 'rollup_hour',
  key: 'minute' | 'hour',
  due: string,
): Promise<readonly string[]> {
  const answer = await client.query<{ key: string }>(
    `SELECT ${key}::text AS key FROM (
       SELECT ${key}, count(*) AS rows, bool_or(events < 0) AS taken_out
       FROM ${table} WHERE NOT merged GROUP BY ${key}) AS appended
     CROSS JOIN LATERAL (
       SELECT count(*) AS merged_rows FROM ${table} AS other
       WHERE other.merged AND other.${key} = appended.${key}) AS other
     WHERE taken_out OR ${due}
     ORDER BY ${key} LIMIT $1`,
    [MAX_KEYS],
  );
  return answer.rows.map((row) => row.key);
}
