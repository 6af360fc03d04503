import type { PoolClient } from 'pg';
import { formatTimestamp, type LogEvent, type TokenField } from '#event';
import { LOCKS, lockSql } from '../advisory-locks.ts';
import { SCAN_BY_GROUP_SQL } from '../scan-by-group.ts';
import { SkipFilterBuilder } from '../skip-index/skip-filter-builder.ts';
import { OWN_FILTER_EVENTS } from '../write/group-script.ts';
import type { Job } from './job.ts';
import { transaction } from './transaction.ts';

/** Events under one filter: fewer would make more filters to probe, more would make a hit read more rows. */
const TARGET_EVENTS = 5_000;
/** Filters over fewer events than those that groups write themselves are joined once there are some. */
const SMALL_EVENTS = OWN_FILTER_EVENTS;
const SMALL_FILTERS = 8;
/** Parts this old get a filter however few they are, so that searches need not scan them for ever. */
const STALE_SECONDS = 60;
const MAX_SEGMENTS = 50;
const MAX_PARTS = 5_000;

interface Candidate {
  readonly id: number;
  readonly relation: string;
}

/** A stretch of groups in one segment: a part without a filter, or a filter (then with its `commit_seq`). */
interface Piece {
  readonly first_group: string;
  readonly last_group: string;
  readonly events: number;
  readonly commit_seq: string | null;
}

/** Builds the filters over neighbouring small groups, which wrote none of their own, and joins small filters. */
export const buildFilters: Job = {
  name: 'build-filters',
  lock: 'build-filters',
  intervalMs: 2_000,
  async run(client, signal) {
    const candidates = await segmentsWithWork(client);
    let done = 0;
    for (const candidate of candidates) {
      for (const run of await runsOf(client, candidate)) {
        if (signal.aborted) return { done, more: true };
        // Each by itself: from its lock to its COMMIT no writer can commit, and reading the next ones takes long.
        await transaction(client, () => replaceByOneFilter(client, candidate, run));
        done++;
      }
    }
    return { done, more: candidates.length === MAX_SEGMENTS };
  },
};

async function segmentsWithWork(client: PoolClient): Promise<readonly Candidate[]> {
  const answer = await client.query<Candidate>(
    `SELECT id, quote_ident(relation) AS relation FROM segment WHERE engine = 'rows' AND id IN (
       SELECT segment_id FROM group_part JOIN log_group USING (group_seq) GROUP BY segment_id
       HAVING sum(group_part.events) >= $1 OR min(committed_at) < now() - make_interval(secs => $2)
       UNION
       SELECT segment_id FROM skip_filter WHERE events < $3 GROUP BY segment_id HAVING count(*) >= $4
     ) ORDER BY range_start DESC LIMIT $5`,
    [TARGET_EVENTS, STALE_SECONDS, SMALL_EVENTS, SMALL_FILTERS, MAX_SEGMENTS],
  );
  return answer.rows;
}

type Run = readonly Piece[];

async function runsOf(client: PoolClient, segment: Candidate): Promise<readonly Run[]> {
  return cutIntoRuns(await piecesOf(client, segment.id)).filter(isWorthBuilding);
}

/**
 * The parts, the small filters if there are enough of them to be worth reading their rows again, and the large
 * filters in between, in the order of their groups.
 */
async function piecesOf(client: PoolClient, segmentId: number): Promise<readonly Piece[]> {
  const answer = await client.query<Piece>(
    `WITH small AS (
       SELECT first_group, last_group, events, commit_seq FROM skip_filter
       WHERE segment_id = $1 AND events < $2
     ), piece AS (
       SELECT * FROM (
         SELECT group_seq AS first_group, group_seq AS last_group, events, NULL::bigint AS commit_seq
         FROM group_part WHERE segment_id = $1
         UNION ALL
         SELECT * FROM small WHERE (SELECT count(*) FROM small) >= $3
       ) AS every ORDER BY first_group LIMIT $4
     )
     SELECT * FROM piece
     UNION ALL
     SELECT first_group, last_group, events, commit_seq FROM skip_filter
     WHERE segment_id = $1 AND events >= $2
       AND first_group BETWEEN (SELECT min(first_group) FROM piece) AND (SELECT max(first_group) FROM piece)
     ORDER BY first_group`,
    [segmentId, SMALL_EVENTS, SMALL_FILTERS, MAX_PARTS],
  );
  return answer.rows;
}

/**
 * Neighbours together, each run of about the target. A large filter in between ends a run: a search that reads from
 * a run's first to its last group would read its rows for nothing.
 */
function cutIntoRuns(pieces: readonly Piece[]): readonly Run[] {
  const runs: Piece[][] = [];
  let events = TARGET_EVENTS;
  for (const piece of pieces) {
    if (isLargeFilter(piece)) {
      events = TARGET_EVENTS;
      continue;
    }
    if (events >= TARGET_EVENTS) {
      runs.push([]);
      events = 0;
    }
    runs.at(-1)?.push(piece);
    events += piece.events;
  }
  return runs;
}

function isLargeFilter(piece: Piece): boolean {
  return piece.commit_seq !== null && piece.events >= SMALL_EVENTS;
}

/** Parts need a filter; filters alone are joined only where that makes clearly fewer of them. */
function isWorthBuilding(run: Run): boolean {
  return run.some((piece) => piece.commit_seq === null) || run.length >= SMALL_FILTERS;
}

interface FilterRow {
  /** Microseconds. */
  readonly time: string;
  readonly message: string;
  readonly resource_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly commit: string | null;
  readonly service: string | null;
  readonly parent_resource_id: string | null;
}

/**
 * The new filter says nothing of a group that commits later with a number in between: such a group brings
 * a part or a filter of its own.
 */
async function replaceByOneFilter(client: PoolClient, segment: Candidate, run: Run): Promise<void> {
  const first = run[0]?.first_group;
  const last = run.reduce((max, piece) => maxOf(max, piece.last_group), '0');
  const ranges = `{${run.map((piece) => `[${piece.first_group},${piece.last_group}]`).join(',')}}`;
  await client.query(SCAN_BY_GROUP_SQL);
  const { rows } = await client.query<FilterRow>(
    `SELECT (extract(epoch FROM ts) * 1000000)::bigint AS time,
       message, resource_id, trace_id, span_id, commit, service, parent_resource_id
     FROM ${segment.relation} WHERE group_seq BETWEEN $1 AND $2 AND $3::int8multirange @> group_seq`,
    [first, last, ranges],
  );
  const builder = new SkipFilterBuilder();
  for (const row of rows) builder.add(tokenSource(row));
  const times = rows.map((row) => Number(row.time));
  await removePieces(client, segment.id, run);
  if (rows.length === 0) return; // Retention has deleted them all.
  // The filter takes its commit_seq under the lock, like a group, so that readers find what is new in order.
  await client.query(lockSql(LOCKS.commitSeq));
  await client.query(
    `INSERT INTO skip_filter (segment_id, first_group, last_group, events, min_ts, max_ts, bits)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      segment.id,
      first,
      last,
      rows.length,
      formatTimestamp(times.reduce((least, time) => Math.min(least, time))),
      formatTimestamp(times.reduce((most, time) => Math.max(most, time))),
      builder.build(),
    ],
  );
}

async function removePieces(client: PoolClient, segmentId: number, run: Run): Promise<void> {
  const parts = run.filter((piece) => piece.commit_seq === null).map((piece) => piece.first_group);
  const filters = run.flatMap((piece) => piece.commit_seq ?? []);
  await client.query(
    'DELETE FROM group_part WHERE segment_id = $1 AND group_seq = ANY($2::bigint[])',
    [segmentId, parts],
  );
  await client.query('DELETE FROM skip_filter WHERE commit_seq = ANY($1::bigint[])', [filters]);
}

function maxOf(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}

function tokenSource(row: FilterRow): Pick<LogEvent, 'message' | TokenField> {
  return {
    message: row.message,
    resourceId: row.resource_id,
    traceId: row.trace_id,
    spanId: row.span_id,
    commit: row.commit,
    service: row.service,
    parentResourceId: row.parent_resource_id,
  };
}
