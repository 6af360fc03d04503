interface Slot {
  readonly from: number;
  readonly maximum: number;
}

/** Largest values of slices of time, oldest first. */
export type RecentMaximum = readonly Slot[];

/** However long the time is, it is kept in so many slices. */
const SLOTS = 30;

/** Adds a value, and forgets those that are older than `windowMs`. */
export function addToMaximum(
  recent: RecentMaximum,
  value: number,
  now: number,
  windowMs: number,
): RecentMaximum {
  const width = windowMs / SLOTS;
  const kept = recent.filter(({ from }) => now - from <= windowMs + width);
  const last = kept.at(-1);
  if (last === undefined || now - last.from >= width)
    return [...kept, { from: now, maximum: value }];
  return [...kept.slice(0, -1), { from: last.from, maximum: Math.max(last.maximum, value) }];
}

export function maximumOf(recent: RecentMaximum): number {
  return Math.max(0, ...recent.map(({ maximum }) => maximum));
}
