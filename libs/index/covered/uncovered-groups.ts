import type { Snapshot } from '#store';
import { gapsIn, type CommitRange } from './commit-ranges.ts';

/** Neighbouring groups, by groupSeq, both inclusive. */
export interface GroupRange {
  readonly firstGroup: number;
  readonly lastGroup: number;
}

const ALL_COMMITS: CommitRange = { first: 1, last: Number.MAX_SAFE_INTEGER };

/**
 * The groups that the ranges do not cover, of all segments, ascending and without overlap: groups between them that
 * are covered are left out. Null where there are more than `maxGroups`: then the index is of little use, and the
 * segment is better read from Postgres altogether.
 */
export async function readUncoveredGroups(
  snapshot: Snapshot,
  covered: readonly CommitRange[],
  maxGroups: number,
): Promise<readonly GroupRange[] | null> {
  const gaps = gapsIn(ALL_COMMITS, covered);
  const rows = await snapshot.rows(
    `SELECT g.group_seq
     FROM unnest($1::bigint[], $2::bigint[]) AS gap (first, last)
     CROSS JOIN LATERAL (
       SELECT group_seq FROM log_group WHERE commit_seq BETWEEN gap.first AND gap.last
       ORDER BY commit_seq DESC LIMIT $3) AS g
     ORDER BY g.group_seq LIMIT $3`,
    [gaps.map(({ first }) => first), gaps.map(({ last }) => last), maxGroups + 1],
  );
  if (rows.length > maxGroups) return null;
  return joinNeighbours(rows.map(([group]) => Number(group)));
}

/** Ascending numbers as ranges. */
export function joinNeighbours(groups: readonly number[]): readonly GroupRange[] {
  const ranges: { firstGroup: number; lastGroup: number }[] = [];
  for (const group of groups) {
    const before = ranges.at(-1);
    if (before !== undefined && group === before.lastGroup + 1) before.lastGroup = group;
    else ranges.push({ firstGroup: group, lastGroup: group });
  }
  return ranges;
}
