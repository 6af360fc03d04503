import { describe, expect, it } from '@jest/globals';
import { SkipFilterCache, type CachedFilter } from './skip-filter-cache.ts';

function filter(commitSeq: number, bytes = 10): CachedFilter {
  const place = { firstGroup: commitSeq, lastGroup: commitSeq, events: 1, minTs: 0, maxTs: 0 };
  return { ...place, commitSeq, bits: new Uint8Array(bytes) };
}

describe('SkipFilterCache', () => {
  it('takes each filter once, whoever brings it', () => {
    const cache = new SkipFilterCache(1_000);
    cache.append(1, [filter(3), filter(5)]);
    cache.append(1, [filter(3), filter(5), filter(8)]);
    expect(cache.get(1).map(({ commitSeq }) => commitSeq)).toEqual([3, 5, 8]);
    expect([cache.watermark(1), cache.watermark(2), cache.usedBytes]).toEqual([8, 0, 30]);
  });

  it('stays within its bound by giving up the segment used longest ago', () => {
    const cache = new SkipFilterCache(30);
    cache.append(1, [filter(1)]);
    cache.append(2, [filter(2)]);
    cache.get(1);
    cache.append(3, [filter(3, 15)]);
    expect([1, 2, 3].map((id) => cache.watermark(id))).toEqual([1, 0, 3]);
    expect(cache.usedBytes).toBe(25);
    expect([cache.fits(3, 15), cache.fits(3, 16)]).toEqual([true, false]);
  });

  it('forgets filters that were replaced, not those that are newer than what it is told', () => {
    const cache = new SkipFilterCache(1_000);
    cache.append(1, [filter(1), filter(2), filter(4), filter(9)]);
    cache.sortOut(1, new Set([2, 4]));
    expect(cache.get(1).map(({ commitSeq }) => commitSeq)).toEqual([2, 4, 9]);
    expect([cache.usedBytes, cache.watermark(1)]).toEqual([30, 9]);
  });

  it('forgets segments that are gone', () => {
    const cache = new SkipFilterCache(1_000);
    cache.append(1, [filter(1)]);
    cache.append(2, [filter(2)]);
    cache.retain(new Set([2]));
    expect([cache.watermark(1), cache.watermark(2), cache.usedBytes]).toEqual([0, 2, 10]);
  });
});
