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
      expect(new TimeDensity(groups).eventsAround(minTs, maxTs)).toBe(
        reaching.reduce((sum, { events }) => sum + events, 0),
      );
    }),
  );
});
