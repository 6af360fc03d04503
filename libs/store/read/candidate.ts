import type { Micros } from '#event';
import type { TextRow } from './row.ts';

/** Neighbouring groups of one segment that may hold what is looked for. */
export interface Candidate {
  readonly firstGroup: number;
  readonly lastGroup: number;
  readonly events: number;
  readonly minTs: Micros;
  /** Inclusive. */
  readonly maxTs: Micros;
}

/** A candidate with what it costs to find it by its time. */
export interface PlacedCandidate extends Candidate {
  /** Events of all groups that reach into its stretch of time, its own included: an upper bound. */
  readonly eventsAround: number;
}

/**
 * Candidates without overlap, by group. A group can be both on its own and under a filter, and filters can enclose
 * one another's groups; what overlaps is read as one, so that nothing is read twice.
 */
export function mergeCandidates(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort((a, b) => a.firstGroup - b.firstGroup);
  const merged: Candidate[] = [];
  for (const candidate of sorted) {
    const before = merged.at(-1);
    if (before === undefined || candidate.firstGroup > before.lastGroup) merged.push(candidate);
    else merged[merged.length - 1] = union(before, candidate);
  }
  return merged;
}

function union(a: Candidate, b: Candidate): Candidate {
  return {
    firstGroup: Math.min(a.firstGroup, b.firstGroup),
    lastGroup: Math.max(a.lastGroup, b.lastGroup),
    events: a.events + b.events,
    minTs: Math.min(a.minTs, b.minTs),
    maxTs: Math.max(a.maxTs, b.maxTs),
  };
}

/** first group, last group, events, min and max time in microseconds */
export function decodePlace(row: TextRow): Candidate {
  const [firstGroup, lastGroup, events, minTs, maxTs] = row.slice(0, 5).map(Number);
  return { firstGroup, lastGroup, events, minTs, maxTs } as Candidate;
}
