import type { PoolClient } from 'pg';
import {
  formatTimestamp,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  type Clock,
  type Micros,
} from '#event';
import { rollupFields, toSql, type Query } from '#query';
import type { Telemetry } from '#telemetry';
import { LOCKS, lockSql } from '../advisory-locks.ts';
import { partitionDropped } from './events.ts';
import type { Job } from './job.ts';
import { transaction } from './transaction.ts';

/** Hours cleared in one run, so that a run stays short. */
const MAX_HOURS = 48;

export interface RetentionRule {
  /** A query over level and service only. */
  readonly match: Query;
  readonly keep: Micros;
}

/** How long events are kept; the first rule that matches an event decides, then the default. */
export interface RetentionPolicy {
  readonly rules: readonly RetentionRule[];
  /** null: for ever. */
  readonly keep: Micros | null;
}

export interface RetentionParts {
  readonly policy: RetentionPolicy;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * Removes events that are older than the policy keeps them: whole partitions where nothing in them may stay, else
 * the rows of a rule, hour by hour. What goes is taken out of the rollups in the same transaction.
 *
 * @throws TypeError for a rule that asks for more than level and service
 */
export function createRetention(parts: RetentionParts): Job {
  const deletions = deletionsOf(parts.policy);
  return {
    name: 'retention',
    // Shared with the jobs over the rollups: a group must not be counted while its events go.
    lock: 'rollups',
    intervalMs: 60_000,
    async run(client, signal) {
      const now = parts.clock();
      let done = await dropExpired(client, parts, now);
      let more = false;
      for (const deletion of deletions) {
        if (signal.aborted) break;
        const hours = await expiredHours(client, deletion, now);
        for (const hour of hours) done += await clearHour(client, deletion, hour, now);
        more ||= hours.length === MAX_HOURS;
      }
      return { done, more };
    },
  };
}

/** One rule without what earlier rules decide. */
export interface Deletion {
  readonly query: Query;
  readonly keep: Micros;
}

/**
 * What a policy deletes by rule.
 *
 * @throws TypeError for a rule that asks for more than level and service
 */
export function deletionsOf(policy: RetentionPolicy): readonly Deletion[] {
  const deletions: Deletion[] = [];
  const earlier: Query[] = [];
  for (const rule of policy.rules) {
    const fields = rollupFields(rule.match);
    if (fields === null || fields.has('resourceId')) {
      throw new TypeError('a retention rule may ask for level and service only');
    }
    deletions.push({ query: without(rule.match, earlier), keep: rule.keep });
    earlier.push(rule.match);
  }
  // Without rules, dropping whole partitions is all there is to do.
  if (policy.keep !== null && earlier.length > 0) {
    deletions.push({ query: without({ kind: 'all' }, earlier), keep: policy.keep });
  }
  return deletions;
}

function without(match: Query, earlier: readonly Query[]): Query {
  const exclusions = earlier.map((operand): Query => ({ kind: 'not', operand }));
  return exclusions.length === 0 ? match : { kind: 'and', operands: [match, ...exclusions] };
}

/** The age beyond which nothing may stay; null where something is kept for ever. */
function longestKeep(policy: RetentionPolicy): Micros | null {
  return policy.keep === null ? null : Math.max(policy.keep, ...policy.rules.map((r) => r.keep));
}

interface Partition {
  readonly id: number;
  readonly engine: string;
  readonly relation: string;
  readonly range_start: string;
  readonly range_end: string;
}

async function dropExpired(
  client: PoolClient,
  { policy, telemetry }: RetentionParts,
  now: Micros,
): Promise<number> {
  const keep = longestKeep(policy);
  if (keep === null) return 0;
  const expired = await client.query<Partition>(
    `SELECT id, engine, quote_ident(relation) AS relation, range_start::text, range_end::text FROM segment
     WHERE range_end <= $1 ORDER BY range_start, id`,
    [formatTimestamp(now - keep)],
  );
  for (const partition of expired.rows) {
    await transaction(client, () => drop(client, partition));
    telemetry.emit(partitionDropped, { partition: partition.relation });
  }
  return expired.rows.length;
}

/** The catalog's row first: it waits for groups that are being written into the partition, and stops later ones. */
async function drop(client: PoolClient, partition: Partition): Promise<void> {
  const { id, engine, relation, range_start: start, range_end: end } = partition;
  await client.query(`SET LOCAL lock_timeout = '1s'; ${lockSql(LOCKS.partitions)}`);
  // The files are removed from the storage later, when no reader can be at them any more.
  await client.query(
    'UPDATE columnar_file SET segment_id = NULL, since = now() WHERE segment_id = $1',
    [id],
  );
  await client.query('DELETE FROM segment WHERE id = $1', [id]);
  if (engine !== 'columnar') await client.query(`DROP TABLE ${relation}`);
  await client.query('DELETE FROM rollup_minute WHERE minute >= $1 AND minute < $2', [start, end]);
  await client.query('DELETE FROM rollup_hour WHERE hour >= $1 AND hour < $2', [start, end]);
  await client.query('DELETE FROM rollup_hour_overflow WHERE hour >= $1 AND hour < $2', [
    start,
    end,
  ]);
}

/**
 * The hours that still hold events which the deletion covers, oldest first: the rollups know. Not those of columnar
 * files, whose events go by writing the files again (libs/columnar).
 */
async function expiredHours(
  client: PoolClient,
  deletion: Deletion,
  now: Micros,
): Promise<readonly Micros[]> {
  const values: unknown[] = [formatTimestamp(cutoffOf(deletion, now)), MAX_HOURS];
  const condition = toSql(deletion.query, (value) => `$${values.push(value)}`).sql;
  const answer = await client.query<{ hour: string }>(
    `SELECT (extract(epoch FROM hour) * 1000000)::bigint AS hour FROM (
       SELECT date_trunc('hour', minute) AS hour FROM rollup_minute
       WHERE minute < $1 AND ${condition} GROUP BY 1 HAVING sum(events) > 0) AS expired
     WHERE NOT EXISTS (
       SELECT FROM segment WHERE engine = 'columnar' AND hour >= range_start AND hour < range_end)
     ORDER BY 1 LIMIT $2`,
    values,
  );
  return answer.rows.map((row) => Number(row.hour));
}

/** Whole minutes, so that the rollups of a minute go altogether. */
export function cutoffOf(deletion: Deletion, now: Micros): Micros {
  return Math.floor((now - deletion.keep) / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
}

/** @returns the number of events deleted */
async function clearHour(
  client: PoolClient,
  deletion: Deletion,
  hour: Micros,
  now: Micros,
): Promise<number> {
  const from = formatTimestamp(hour);
  const to = formatTimestamp(Math.min(hour + MICROS_PER_HOUR, cutoffOf(deletion, now)));
  const partitions = await client.query<{ id: number; relation: string }>(
    `SELECT id, quote_ident(relation) AS relation FROM segment
     WHERE engine = 'rows' AND range_start < $2 AND range_end > $1`,
    [from, to],
  );
  let deleted = 0;
  for (const partition of partitions.rows) {
    deleted += await deleteRows(client, partition, deletion.query, [from, to]);
  }
  return deleted;
}

/**
 * Deletes what a query over level and service finds in a table, and takes it out of the rollups. Groups that no rollup
 * counts yet are left for the next run: there is nothing to take out for them.
 *
 * @param relation quoted
 * @returns the number of events deleted
 */
export async function deleteRows(
  client: PoolClient,
  { id, relation }: { readonly id: number; readonly relation: string },
  query: Query,
  range: readonly [string, string],
): Promise<number> {
  const values: unknown[] = [...range];
  const condition = toSql(query, (value) => `$${values.push(value)}`).sql;
  const answer = await client.query<{ deleted: number }>(
    `WITH gone AS (
       DELETE FROM ${relation} WHERE ts >= $1 AND ts < $2 AND ${condition} AND group_seq NOT IN (
         SELECT group_seq FROM log_group WHERE NOT (minute_rollup AND hour_rollup))
       RETURNING ts, level, service, resource_id
     ), minutes AS (
       INSERT INTO rollup_minute (minute, level, service, events)
       SELECT date_trunc('minute', ts), level, service, -count(*) FROM gone GROUP BY 1, 2, 3
     ), hours AS (
       INSERT INTO rollup_hour (hour, service, resource_id, level, events)
       SELECT date_trunc('hour', ts), service, resource_id, level, -count(*) FROM gone
       GROUP BY 1, 2, 3, 4
     ), noted AS (
       UPDATE segment SET deletions = deletions + 1 WHERE id = ${id} AND EXISTS (SELECT FROM gone)
     ) SELECT count(*)::int AS deleted FROM gone`,
    values,
  );
  return answer.rows[0]?.deleted ?? 0;
}
