/** From `first` to `last` in commitSeq, both inclusive. */
export interface CommitRange {
  readonly first: number;
  readonly last: number;
}

/** What of `whole` lies in none of the ranges, ascending. The ranges are ascending and do not overlap. */
export function gapsIn(whole: CommitRange, ranges: readonly CommitRange[]): CommitRange[] {
  const gaps: CommitRange[] = [];
  let next = whole.first;
  for (const { first, last } of ranges) {
    if (first > whole.last) break;
    if (first > next) gaps.push({ first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= whole.last) gaps.push({ first: next, last: whole.last });
  return gaps;
}
