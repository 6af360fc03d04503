import { describe, expect, it } from '@jest/globals';
import { MAX_CONTENT_PX, ScrollMap } from './scroll-map.ts';

describe('ScrollMap', () => {
  it('moves a short list pixel by pixel', () => {
    const map = new ScrollMap(22, 1_000, 600);
    expect(map.contentHeight).toBe(22_000);
    expect(map.offsetAt(1_234)).toBe(1_234);
    expect(map.visible(220, 0)).toEqual({ first: 10, last: 38 });
  });

  it('reaches both ends of a million rows within the bound', () => {
    const map = new ScrollMap(22, 1_000_000, 600);
    expect(map.contentHeight).toBe(MAX_CONTENT_PX);
    expect(map.offsetAt(0)).toBe(0);
    const bottom = map.offsetAt(MAX_CONTENT_PX - 600);
    expect(map.visible(bottom, 0).last).toBe(999_999);
  });

  it('comes back to where it was', () => {
    const map = new ScrollMap(22, 1_000_000, 600);
    expect(map.offsetAt(map.scrollTopFor(7_654_321))).toBeCloseTo(7_654_321, 3);
  });

  it('reveals a row with the least movement', () => {
    const map = new ScrollMap(20, 100, 200);
    expect(map.revealing(3, 100)).toBe(60);
    expect(map.revealing(20, 100)).toBe(220);
    expect(map.revealing(7, 100)).toBe(100);
  });
});
