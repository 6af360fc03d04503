import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BATCH_BYTES, cutIntoBatches } from './cut-into-batches.ts';

test.each<[string, number[], [number, number][]]>([
  ['nothing', [], []],
  ['one', [10], [[0, 1]]],
  ['exactly full', [BATCH_BYTES - 1, 1], [[0, 2]]],
  [
    'one byte over',
    [BATCH_BYTES, 1],
    [
      [0, 1],
      [1, 2],
    ],
  ],
  [
    'a larger event alone',
    [1, BATCH_BYTES + 1, 1, 1],
    [
      [0, 1],
      [1, 2],
      [2, 4],
    ],
  ],
])('%s', (_name, sizes, expected) => {
  expect(cutIntoBatches(sizes).map(({ start, end }) => [start, end])).toEqual(expected);
});

test('every event is in exactly one batch, none too large, none needlessly closed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: BATCH_BYTES * 1.5 })), (sizes) => {
      const ranges = cutIntoBatches(sizes);
      expect(ranges.flatMap(({ start, end }) => sizes.slice(start, end))).toEqual(sizes);
      for (const { start, end } of ranges) {
        const bytes = sizes.slice(start, end).reduce((sum, size) => sum + size, 0);
        expect(end - start === 1 || bytes <= BATCH_BYTES).toBe(true);
        const next = sizes[end];
        expect(next === undefined || bytes + next > BATCH_BYTES).toBe(true);
      }
    }),
  );
});
