import { gapsIn, type CommitRange } from '../covered/commit-ranges.ts';

/** The newest stretch up to a commitSeq that none of the ranges covers, or null. The ranges may overlap. */
export function newestGap(newest: number, ranges: readonly CommitRange[]): CommitRange | null {
  const ascending = [...ranges].sort((a, b) => a.first - b.first);
  return gapsIn({ first: 1, last: newest }, ascending).at(-1) ?? null;
}
