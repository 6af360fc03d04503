import type { LogHit } from '../api/log-hit.ts';

type Placed = Pick<LogHit, 'id' | 'timestamp'>;

/** The order of a search, by (timestamp, group, ordinal): negative where the first is the newer. */
export function newestFirst(a: Placed, b: Placed): number {
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? -1 : 1;
  const [groupA, ordinalA] = placeOf(a.id);
  const [groupB, ordinalB] = placeOf(b.id);
  return groupB - groupA || ordinalB - ordinalA;
}

/** One list of two that are in order. */
export function mergeNewestFirst<T extends Placed>(first: readonly T[], second: readonly T[]): T[] {
  const merged: T[] = [];
  let at = 0;
  for (const row of second) {
    for (let next = first[at]; next !== undefined; next = first[at]) {
      if (newestFirst(next, row) > 0) break;
      merged.push(next);
      at += 1;
    }
    merged.push(row);
  }
  return [...merged, ...first.slice(at)];
}

/** `<groupSeq>-<ordinal>` */
function placeOf(id: string): [group: number, ordinal: number] {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
