import type { GroupRange } from '#index';
import type { SegmentCandidates, SkipIndexReader } from '#store';

/**
 * The skip index, confined to some groups: other candidates are left out of its answers. A candidate can also hold
 * groups beside those, for a filter spans several.
 */
export function confinedTo(
  skipIndex: SkipIndexReader,
  groups: readonly GroupRange[],
): SkipIndexReader {
  return {
    find: async (snapshot, ranges, requirement) => {
      const found = await skipIndex.find(snapshot, ranges, requirement);
      return found.map((answer) => confine(answer, groups));
    },
    settled: () => skipIndex.settled(),
  };
}

function confine(answer: SegmentCandidates, groups: readonly GroupRange[]): SegmentCandidates {
  const candidates = answer.candidates.filter((candidate) => overlapsAny(candidate, groups));
  const candidateEvents = candidates.reduce((sum, { events }) => sum + events, 0);
  return { ...answer, candidates, candidateEvents };
}

/** The ranges ascend and do not overlap, so the first that does not end before the candidate decides. */
function overlapsAny(
  { firstGroup, lastGroup }: GroupRange,
  groups: readonly GroupRange[],
): boolean {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((groups[middle]?.lastGroup ?? 0) < firstGroup) low = middle + 1;
    else high = middle;
  }
  return (groups[low]?.firstGroup ?? Infinity) <= lastGroup;
}
