import { MICROS_PER_MINUTE } from '#event';
import { placesOfGroups, readMinutes, readPendingGroups, type CountedMinute } from '#store';
import { growth, readPieces, scanOrdered } from './ordered-scan.ts';
import type { Piece } from './piece.ts';
import type { Step } from './planner.ts';
import { positionAfter } from './position.ts';
import type { RequiredKeys } from './required-keys.ts';
import type { Found, Scan } from './scan.ts';
import { intersect, isEmpty, type TimeRange } from './time-range.ts';

/** Minutes asked for at once: few first, for common levels fill the page from few. */
const FIRST_MINUTES = 32;
const MAX_MINUTES = 512;
/** Arms of one statement. */
const MAX_PIECES = 64;
/** With more groups than this outside the rollups, they say too little: read in order. */
const MAX_PENDING = 1_000;

/** Reads only the minutes that hold the required levels and services, and what the rollups do not count yet. */
export async function* scanMinutes(
  scan: Scan,
  steps: readonly Step[],
  keys: RequiredKeys,
): AsyncGenerator<Found> {
  const last = steps.at(-1);
  const first = steps[0];
  if (first === undefined || last === undefined) return;
  await scan.snapshot.steer('ordered', scan.deadline.statementTimeoutMs);
  const uncounted = await uncountedRanges(scan);
  if (uncounted === null) {
    yield* scanOrdered(scan, steps);
    return;
  }
  let rest = { from: Math.min(first.from, last.from), to: Math.max(first.to, last.to) };
  let limit = FIRST_MINUTES;
  while (!isEmpty(rest)) {
    const startedMs = scan.deadline.elapsedMs;
    const minutes = await nextMinutes(scan, rest, keys, limit);
    const covered = coveredBy(minutes, rest, limit, scan);
    const wanted = [
      ...minutes.map(({ minute }) => ({ from: minute, to: minute + MICROS_PER_MINUTE })),
      ...uncounted,
    ].map((range) => intersect(range, covered));
    yield* readRanges(scan, steps, joined(wanted, MAX_PIECES));
    yield { events: [], upTo: positionAfter(covered, scan.order) };
    rest =
      scan.order === 'asc'
        ? { from: covered.to, to: rest.to }
        : { from: rest.from, to: covered.from };
    const factor = growth(scan.deadline.elapsedMs - startedMs);
    limit = Math.ceil(Math.min(limit * factor, MAX_MINUTES));
  }
}

function nextMinutes(
  scan: Scan,
  rest: TimeRange,
  keys: RequiredKeys,
  limit: number,
): Promise<readonly CountedMinute[]> {
  return readMinutes(scan.snapshot, {
    ...keys,
    from: Math.floor(rest.from / MICROS_PER_MINUTE) * MICROS_PER_MINUTE,
    to: Math.ceil(rest.to / MICROS_PER_MINUTE) * MICROS_PER_MINUTE,
    order: scan.order,
    limit,
  });
}

/** The time that an answer of some minutes speaks about: all that is left where there were no more. */
function coveredBy(
  minutes: readonly CountedMinute[],
  rest: TimeRange,
  limit: number,
  scan: Scan,
): TimeRange {
  const last = minutes.at(-1);
  if (last === undefined || minutes.length < limit) return rest;
  return intersect(
    rest,
    scan.order === 'asc'
      ? { from: rest.from, to: last.minute + MICROS_PER_MINUTE }
      : { from: last.minute, to: rest.to },
  );
}

/** Times of groups that the minutes do not count, or null where there are too many to tell apart. */
async function uncountedRanges(scan: Scan): Promise<readonly TimeRange[] | null> {
  const pending = (await readPendingGroups(scan.snapshot)).filter((group) => !group.minuteRollup);
  if (pending.length > MAX_PENDING) return null;
  const ranges: TimeRange[] = [];
  for (const [first, last] of runs(pending.map((group) => group.groupSeq))) {
    for (const place of await placesOfGroups(scan.snapshot, first, last)) {
      ranges.push({ from: place.minTs, to: place.maxTs + 1 });
    }
  }
  return ranges;
}

/** Neighbouring numbers as ranges, both ends inclusive; gaps of a few are closed over. */
function runs(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const before = found.at(-1);
    if (before !== undefined && number - before[1] <= 8) before[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** Sorted and merged; the smallest gaps are closed until there are at most `most`. */
export function joined(ranges: readonly TimeRange[], most: number): TimeRange[] {
  const sorted = ranges.filter((range) => !isEmpty(range)).sort((a, b) => a.from - b.from);
  let gap = 0;
  for (;;) {
    const merged = merge(sorted, gap);
    if (merged.length <= most) return merged;
    gap = Math.max(gap * 2, MICROS_PER_MINUTE);
  }
}

function merge(sorted: readonly TimeRange[], gap: number): TimeRange[] {
  const merged: { from: number; to: number }[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && range.from - before.to <= gap) {
      before.to = Math.max(before.to, range.to);
    } else merged.push({ ...range });
  }
  return merged;
}

async function* readRanges(
  scan: Scan,
  steps: readonly Step[],
  ranges: readonly TimeRange[],
): AsyncGenerator<Found> {
  const ordered = scan.order === 'asc' ? ranges : [...ranges].reverse();
  const pieces: Piece[] = steps.flatMap((step) =>
    ordered
      .map((range) => ({ step, ...intersect(range, step) }))
      .filter((piece) => !isEmpty(piece)),
  );
  for (let at = 0; at < pieces.length; at += MAX_PIECES) {
    yield* readPieces(scan, pieces.slice(at, at + MAX_PIECES));
  }
}
