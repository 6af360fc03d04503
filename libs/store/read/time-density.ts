import type { Micros } from '#event';
import type { Candidate } from './candidate.ts';

/** So many times all groups are looked through before they are sorted, which costs as much. */
const LOOKUPS_BEFORE_SORTING = 16;

/** How many events lie around a time, from the stretches of time of all groups of a segment. */
export class TimeDensity {
  private readonly groups: readonly Candidate[];
  private lookups = 0;
  private sorted: SortedGroups | null = null;

  constructor(groups: readonly Candidate[]) {
    this.groups = groups;
  }

  /** Events of the groups that reach into the stretch; both ends are inclusive. */
  eventsAround(minTs: Micros, maxTs: Micros): number {
    if (++this.lookups > LOOKUPS_BEFORE_SORTING) {
      this.sorted ??= new SortedGroups(this.groups);
      return this.sorted.eventsAround(minTs, maxTs);
    }
    let sum = 0;
    for (const group of this.groups) {
      if (group.minTs <= maxTs && group.maxTs >= minTs) sum += group.events;
    }
    return sum;
  }
}

class SortedGroups {
  private readonly begun: Cumulation;
  private readonly ended: Cumulation;

  constructor(groups: readonly Candidate[]) {
    this.begun = cumulate(groups.map(({ minTs, events }) => ({ at: minTs, events })));
    this.ended = cumulate(groups.map(({ maxTs, events }) => ({ at: maxTs + 1, events })));
  }

  eventsAround(minTs: Micros, maxTs: Micros): number {
    return eventsUpTo(this.begun, maxTs) - eventsUpTo(this.ended, minTs);
  }
}

interface Cumulation {
  readonly times: readonly Micros[];
  /** Events at the time of the same index and before. */
  readonly sums: readonly number[];
}

function cumulate(steps: readonly { readonly at: Micros; readonly events: number }[]): Cumulation {
  const sorted = [...steps].sort((a, b) => a.at - b.at);
  let sum = 0;
  return { times: sorted.map(({ at }) => at), sums: sorted.map(({ events }) => (sum += events)) };
}

function eventsUpTo({ times, sums }: Cumulation, time: Micros): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return sums[low - 1] ?? 0;
}
