import type { PoolClient } from 'pg';
import type { CommitRange } from '../covered/commit-ranges.ts';

/** Bounds of one stretch: what is read, encoded and sent at once. */
const MAX_GROUPS = 2_000;
const MAX_EVENTS = 5_000;

/** Some groups whose events are to be indexed, with all commits from the first to the last accounted for. */
export interface Stretch {
  readonly commits: CommitRange;
  /** By groupSeq; not empty, in no particular order. */
  readonly groups: readonly number[];
  readonly events: number;
}

interface GroupRow {
  readonly commit: string;
  readonly group_seq: string;
  readonly events: number;
}

export interface NewGroups extends Stretch {
  /** Since the first of them was committed. */
  readonly ageMs: number;
}

/** The groups after a commitSeq, up to the bounds of a stretch, or null. */
export async function readNewGroups(client: PoolClient, after: number): Promise<NewGroups | null> {
  const answer = await client.query<GroupRow & { readonly age_ms: number }>(
    `SELECT commit_seq AS commit, group_seq, events,
       (extract(epoch FROM clock_timestamp() - committed_at) * 1000)::double precision AS age_ms
     FROM log_group WHERE commit_seq > $1 ORDER BY commit_seq LIMIT $2`,
    [after, MAX_GROUPS],
  );
  const taken = upToTheBound(answer.rows);
  const last = taken.at(-1);
  if (last === undefined) return null;
  const commits = { first: after + 1, last: Number(last.commit) };
  return { ...stretchOf(commits, taken), ageMs: answer.rows[0]?.age_ms ?? 0 };
}

/** The newest commit that is at least so old; `after` where there is none later. */
export async function newestCommitOfAge(
  client: PoolClient,
  after: number,
  ageMs: number,
): Promise<{ readonly commitSeq: number; readonly groups: number }> {
  const answer = await client.query<{ commit: string; groups: number }>(
    `SELECT coalesce(max(commit_seq), $1) AS commit, count(*)::integer AS groups FROM log_group
     WHERE commit_seq > $1 AND committed_at <= clock_timestamp() - make_interval(secs => $2)`,
    [after, ageMs / 1_000],
  );
  const [row] = answer.rows;
  return { commitSeq: Number(row?.commit ?? after), groups: row?.groups ?? 0 };
}

/**
 * The newest groups of a gap that may have events in the segments, up to the bounds; without groups where none has:
 * then nothing is missing in the gap.
 */
export async function readMissingGroups(
  client: PoolClient,
  segments: readonly number[],
  gap: CommitRange,
): Promise<Stretch> {
  const answer = await client.query<GroupRow>(
    `SELECT commit_seq AS commit, group_seq, events
     FROM log_group CROSS JOIN (
       SELECT range_agg(int8range(first_group, last_group, '[]')) AS groups FROM (
         SELECT group_seq AS first_group, group_seq AS last_group FROM group_part
         WHERE segment_id = ANY($1::integer[])
         UNION ALL
         SELECT first_group, last_group FROM skip_filter WHERE segment_id = ANY($1::integer[])) AS part) AS held
     WHERE commit_seq BETWEEN $2 AND $3 AND held.groups @> group_seq
     ORDER BY commit_seq DESC LIMIT $4`,
    [segments, gap.first, gap.last, MAX_GROUPS],
  );
  const taken = upToTheBound(answer.rows);
  const isAll = taken.length === answer.rows.length && taken.length < MAX_GROUPS;
  const first = isAll ? gap.first : Number(taken.at(-1)?.commit);
  return stretchOf({ first, last: gap.last }, taken);
}

/** Those of the segments (by id) that hold events of some of the groups. */
export async function segmentsOfGroups(
  client: PoolClient,
  groups: readonly number[],
): Promise<ReadonlySet<number>> {
  const answer = await client.query<{ id: number }>(
    `SELECT segment_id AS id FROM group_part WHERE group_seq BETWEEN $1 AND $2
     UNION
     SELECT segment_id FROM skip_filter WHERE last_group >= $1 AND first_group <= $2`,
    boundsOf(groups),
  );
  return new Set(answer.rows.map(({ id }) => id));
}

export function boundsOf(groups: readonly number[]): [first: number, last: number] {
  return [
    groups.reduce((least, group) => Math.min(least, group), Number.MAX_SAFE_INTEGER),
    groups.reduce((most, group) => Math.max(most, group), 0),
  ];
}

function upToTheBound(rows: readonly GroupRow[]): readonly GroupRow[] {
  let events = 0;
  const over = rows.findIndex((row) => {
    events += row.events;
    return events > MAX_EVENTS;
  });
  // At least one group, however large.
  return over < 0 ? rows : rows.slice(0, Math.max(1, over));
}

function stretchOf(commits: CommitRange, rows: readonly GroupRow[]): Stretch {
  return {
    commits,
    groups: rows.map((row) => Number(row.group_seq)),
    events: rows.reduce((sum, row) => sum + row.events, 0),
  };
}
