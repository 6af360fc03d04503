import type { PlacedCandidate } from '#store';
import { boundsSql, type Piece } from './piece.ts';
import { timeSql } from './position.ts';

/**
 * A candidate is found by its time, in the B-tree, unless that meets many events of other groups: so many times its
 * own, and so many on top. Then it is found by its groups, in the BRIN index, which is read whole each time.
 */
const AROUND_FACTOR = 4;
const AROUND_EVENTS = 2_000;

/** The rows of some candidates of one segment, as a condition that bitmaps over its two indexes can answer. */
export function candidatesSql(candidates: readonly PlacedCandidate[]): string {
  const byTime = candidates.filter(isDense);
  const byGroup = candidates.filter((candidate) => !isDense(candidate));
  const conditions = [...byTime.map(timeCondition), ...groupRanges(byGroup).map(groupCondition)];
  return conditions.join(' OR ');
}

function isDense({ events, eventsAround }: PlacedCandidate): boolean {
  return eventsAround <= events * AROUND_FACTOR + AROUND_EVENTS;
}

/** The groups are hidden from Postgres's planner, which would look them up in the BRIN index as well. */
function timeCondition({ minTs, maxTs, firstGroup, lastGroup }: PlacedCandidate): string {
  const groups = groupCondition({ first: firstGroup, last: lastGroup });
  return `ts BETWEEN ${timeSql(minTs)} AND ${timeSql(maxTs)} AND (${groups}) IS TRUE`;
}

interface GroupRange {
  readonly first: number;
  readonly last: number;
}

function groupCondition({ first, last }: GroupRange): string {
  return `group_seq BETWEEN ${first} AND ${last}`;
}

/** Neighbours are joined: each range is a pass over the index. */
function groupRanges(candidates: readonly PlacedCandidate[]): GroupRange[] {
  const sorted = [...candidates].sort((a, b) => a.firstGroup - b.firstGroup);
  const joined: { first: number; last: number }[] = [];
  for (const { firstGroup, lastGroup } of sorted) {
    const before = joined.at(-1);
    if (before !== undefined && firstGroup <= before.last + 1) {
      before.last = Math.max(before.last, lastGroup);
    } else joined.push({ first: firstGroup, last: lastGroup });
  }
  return joined;
}

/** Hidden from the planner, which has no statistics of fresh partitions and would take the index on time. */
export function hiddenBoundsSql(piece: Piece): string | null {
  const bounds = boundsSql(piece);
  return bounds === null ? null : `(${bounds}) IS TRUE`;
}
