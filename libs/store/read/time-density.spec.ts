import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from './candidate.ts';
import { TimeDensity } from './time-density.ts';

const GROUP = fc
  .tuple(fc.nat(50), fc.nat(20), fc.integer({ min: 1, max: 9 }))
  .map(([minTs, width, events]): Candidate => {
    return { firstGroup: 1, lastGroup: 1, events, minTs, maxTs: minTs + width };
  });

it('counts the events of the groups that reach into a stretch, both ends included', () => {
  fc.assert(
    fc.property(fc.array(GROUP), fc.nat(60), fc.nat(20), (groups, minTs, width) => {
      const maxTs = minTs + width;
      const reaching = groups.filter((group) => group.minTs <= maxTs && group.maxTs >= minTs);
      const events = reaching.reduce((sum, group) => sum + group.events, 0);
      const density = new TimeDensity(groups);
      // Often enough for the groups to be sorted on the way.
      const answers = Array.from({ length: 20 }, () => density.eventsAround(minTs, maxTs));
      expect(answers).toEqual(answers.map(() => events));
    }),
  );
});
