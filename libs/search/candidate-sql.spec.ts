import { expect, it } from '@jest/globals';
import type { PlacedCandidate } from '#store';
import { candidatesSql } from './candidate-sql.ts';

const candidate = (
  firstGroup: number,
  lastGroup: number,
  eventsAround: number,
): PlacedCandidate => ({
  firstGroup,
  lastGroup,
  events: 1_000,
  minTs: 1_000_000,
  maxTs: 2_000_000,
  eventsAround,
});

it('finds a candidate by its time where few other events lie there', () => {
  expect(candidatesSql([candidate(5, 7, 6_000)])).toBe(
    "ts BETWEEN '1970-01-01T00:00:01.000000Z'::timestamptz AND '1970-01-01T00:00:02.000000Z'::timestamptz" +
      ' AND (group_seq BETWEEN 5 AND 7) IS TRUE',
  );
});

it('finds candidates by their groups where many other events lie at that time, neighbours at once', () => {
  const spread = [candidate(8, 9, 6_001), candidate(5, 7, 6_001), candidate(12, 12, 50_000)];
  expect(candidatesSql(spread)).toBe('group_seq BETWEEN 5 AND 9 OR group_seq BETWEEN 12 AND 12');
});

it('uses both ways in one condition', () => {
  expect(candidatesSql([candidate(1, 1, 50_000), candidate(2, 2, 1_000)])).toMatch(
    /^ts BETWEEN .* AND \(group_seq BETWEEN 2 AND 2\) IS TRUE OR group_seq BETWEEN 1 AND 1$/,
  );
});
