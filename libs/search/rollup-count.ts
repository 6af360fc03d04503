import { placesOfGroups, readOverflowHours, readPendingGroups } from '#store';
import type { Counting } from './counting.ts';
import { allOf } from './event-filter.ts';
import type { Piece } from './piece.ts';
import { timeSql } from './position.ts';
import type { RollupChoice } from './rollup-choice.ts';
import { addRow, groupBySql } from './count-rows.ts';
import { countPieces } from './scan-count.ts';
import { intersect, isEmpty, type TimeRange } from './time-range.ts';

/**
 * Counts whole minutes or hours from their rollups and scans what those do not say: the edges of the range, groups
 * that are not counted yet, hours with too many resources. Each event is counted in exactly one of these.
 *
 * @returns false where the budget ended it
 */
export async function countByRollup(counting: Counting, rollup: RollupChoice): Promise<boolean> {
  const range = stored(counting);
  if (range === null) return true;
  const inner: TimeRange = {
    from: Math.ceil(range.from / rollup.unit) * rollup.unit,
    to: Math.floor(range.to / rollup.unit) * rollup.unit,
  };
  if (isEmpty(inner)) return countPieces(counting, piecesWithin(counting, [range]), null);
  const overflow = await overflowRanges(counting, rollup, inner);
  await readRollup(counting, rollup, inner, overflow);
  const pending = await pendingGroups(counting, rollup);
  const edges = [
    { from: range.from, to: inner.from },
    { from: inner.to, to: range.to },
  ];
  return (
    (await countPieces(counting, piecesWithin(counting, [...edges, ...overflow]), null)) &&
    countPending(counting, inner, overflow, pending)
  );
}

/** The part of the range that the catalog covers, or null where there is none. */
function stored({ plan }: Counting): TimeRange | null {
  const newest = plan.steps[0];
  const oldest = plan.steps.at(-1);
  if (newest === undefined || oldest === undefined) return null;
  return { from: oldest.from, to: newest.to };
}

function piecesWithin({ plan }: Counting, ranges: readonly TimeRange[]): Piece[] {
  return plan.steps.flatMap((step) =>
    ranges.map((range) => ({ step, ...intersect(step, range) })).filter((piece) => !isEmpty(piece)),
  );
}

async function overflowRanges(
  { snapshot }: Counting,
  rollup: RollupChoice,
  inner: TimeRange,
): Promise<readonly TimeRange[]> {
  if (rollup.table !== 'rollup_hour') return [];
  const hours = await readOverflowHours(snapshot);
  return hours
    .map((hour) => ({ from: hour, to: hour + rollup.unit }))
    .filter((hour) => !isEmpty(intersect(hour, inner)));
}

async function readRollup(
  { snapshot, filter, tally }: Counting,
  { table, time, keys }: RollupChoice,
  inner: TimeRange,
  overflow: readonly TimeRange[],
): Promise<void> {
  const where = allOf([
    `${time} >= ${timeSql(inner.from)} AND ${time} < ${timeSql(inner.to)}`,
    overflow.length === 0
      ? null
      : `${time} NOT IN (${overflow.map(({ from }) => timeSql(from)).join(', ')})`,
    filter.sql,
  ]);
  const rows = await snapshot.rows(
    `SELECT ${[...keys, 'sum(events)'].join(', ')} FROM ${table}${where}${groupBySql(keys.length)}`,
    filter.values,
  );
  for (const row of rows) addRow(tally, row);
}

async function pendingGroups(
  { snapshot }: Counting,
  rollup: RollupChoice,
): Promise<readonly number[]> {
  const pending = await readPendingGroups(snapshot);
  return pending
    .filter((group) => !(rollup.table === 'rollup_minute' ? group.minuteRollup : group.hourRollup))
    .map((group) => group.groupSeq);
}

/** Events of the groups that no rollup counts, in the range that was read from rollups. */
async function countPending(
  counting: Counting,
  inner: TimeRange,
  overflow: readonly TimeRange[],
  pending: readonly number[],
): Promise<boolean> {
  const first = pending[0];
  const last = pending.at(-1);
  if (first === undefined || last === undefined) return true;
  const places = await placesOfGroups(counting.snapshot, first, last);
  const bySegment = new Map(places.map((place) => [place.segmentId, place]));
  const pieces = counting.plan.steps.flatMap((step): Piece[] => {
    const place = bySegment.get(step.segment.id);
    if (place === undefined) return [];
    const within = intersect(intersect(step, inner), { from: place.minTs, to: place.maxTs + 1 });
    return isEmpty(within) ? [] : [{ step, ...within }];
  });
  const conditions = [
    `group_seq BETWEEN ${first} AND ${last}`,
    `group_seq = ANY('{${pending.join(',')}}'::bigint[])`,
    ...overflow.map(({ from, to }) => `NOT (ts >= ${timeSql(from)} AND ts < ${timeSql(to)})`),
  ];
  return countPieces(counting, pieces, conditions.join(' AND '));
}
