import { describe, expect, it } from '@jest/globals';
import type { PlacedCandidate, SkipIndexReader, Snapshot } from '#store';
import { confinedTo } from './uncovered.ts';

const SEGMENT = { id: 1, engine: 'rows', relation: 'log_event_1', start: 0, end: 1 };
const RANGE = { segment: SEGMENT, from: 0, to: 1 };

function candidate(firstGroup: number, lastGroup: number): PlacedCandidate {
  return { firstGroup, lastGroup, events: 10, minTs: 0, maxTs: 0, eventsAround: 10 };
}

function reader(...candidates: PlacedCandidate[]): SkipIndexReader {
  const answer = { segment: SEGMENT, candidates, candidateEvents: 99, events: 1_000 };
  return { find: () => Promise.resolve([answer]), settled: () => Promise.resolve() };
}

describe('the skip index, confined to some groups', () => {
  it('gives the candidates that may hold one of them', async () => {
    const whole = reader(candidate(1, 3), candidate(4, 4), candidate(6, 9), candidate(12, 20));
    const groups = [
      { firstGroup: 3, lastGroup: 3 },
      { firstGroup: 5, lastGroup: 5 },
      { firstGroup: 7, lastGroup: 8 },
      { firstGroup: 10, lastGroup: 11 },
    ];
    const snapshot = null as unknown as Snapshot;
    const [answer] = await confinedTo(whole, groups).find(snapshot, [RANGE], { kind: 'unknown' });
    expect(answer?.candidates.map(({ firstGroup }) => firstGroup)).toEqual([1, 6]);
    expect([answer?.candidateEvents, answer?.events]).toEqual([20, 1_000]);
    const [none] = await confinedTo(whole, []).find(snapshot, [RANGE], { kind: 'unknown' });
    expect([none?.candidates, none?.candidateEvents]).toEqual([[], 0]);
  });
});
