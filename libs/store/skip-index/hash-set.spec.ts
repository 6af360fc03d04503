import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HashSet } from './hash-set.ts';

const hash = fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)));

test('holds each hash once, in the order in which they came, and none after clear', () => {
  const set = new HashSet();
  fc.assert(
    fc.property(fc.array(hash), (hashes) => {
      for (const each of hashes) set.add(each);
      expect([...set.values()]).toEqual([...new Set(hashes)]);
      expect(set.size).toBe(set.values().length);
      set.clear();
      expect([...set.values()]).toEqual([]);
    }),
  );
});

test('grows as it must', () => {
  const set = new HashSet();
  const hashes = Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2_654_435_761));
  for (const each of [...hashes, ...hashes]) set.add(each);
  expect([...set.values()]).toEqual(hashes);
});
