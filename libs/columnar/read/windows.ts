import type { Micros } from '#event';
import type { RowGroup } from '../files/skip-file.ts';

/** A stretch of time in which matches may lie: the row groups from `first` to `last`, in the order of time. */
export interface Window {
  readonly from: Micros;
  /** Exclusive. */
  readonly to: Micros;
  /** About how many events there are. */
  readonly events: number;
  readonly first: number;
  readonly last: number;
  /** All messages in it are known to be ASCII. */
  readonly ascii: boolean;
}

interface Range {
  readonly from: Micros;
  readonly to: Micros;
}

/**
 * The row groups that may match as stretches without overlap, oldest first, cut to the range. Events of a time at
 * which two row groups meet belong to the first stretch, so a stretch is read from all files that reach into it.
 *
 * @param mayMatch by index
 */
export function windowsOf(
  groups: readonly RowGroup[],
  mayMatch: (index: number) => boolean,
  range: Range,
): Window[] {
  const ordered = groups
    .map((group, index) => ({ group, index }))
    .sort((a, b) => a.group.minTs - b.group.minTs || a.group.maxTs - b.group.maxTs);
  const windows: Window[] = [];
  let end = range.from;
  for (const [place, { group, index }] of ordered.entries()) {
    if (!mayMatch(index)) continue;
    const from = Math.max(group.minTs, end);
    const to = Math.min(group.maxTs + 1, range.to);
    if (from >= to) continue;
    const ascii = touching(ordered, place, group).every((other) => other.group.ascii === true);
    windows.push({ from, to, events: group.events, first: place, last: place, ascii });
    end = to;
  }
  return windows;
}

/** A row group at its place in the order, and those that hold events of its first or last time. */
function touching<T extends { readonly group: RowGroup }>(
  ordered: readonly T[],
  place: number,
  { minTs, maxTs }: RowGroup,
): readonly T[] {
  let first = place;
  while ((ordered[first - 1]?.group.maxTs ?? -Infinity) >= minTs) first--;
  let end = place + 1;
  while ((ordered[end]?.group.minTs ?? Infinity) <= maxTs) end++;
  return ordered.slice(first, end);
}

/** Neighbouring stretches as one. */
export function joinWindows(windows: readonly Window[]): Window[] {
  const sorted = [...windows].sort((a, b) => a.from - b.from);
  const joined: Window[] = [];
  for (const window of sorted) {
    const before = joined.at(-1);
    if (before === undefined || window.first > before.last + 1) joined.push(window);
    else {
      joined[joined.length - 1] = {
        ...before,
        to: window.to,
        events: before.events + window.events,
        last: window.last,
        ascii: before.ascii && window.ascii,
      };
    }
  }
  return joined;
}
