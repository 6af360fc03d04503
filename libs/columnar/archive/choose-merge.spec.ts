import { describe, expect, it } from '@jest/globals';
import { MICROS_PER_DAY } from '#event';
import { chooseMerges, type SegmentSize } from './choose-merge.ts';

const BOUNDS = { events: 1_000, bytes: 1_000_000 };

let nextId = 1;

function size(events: number, { day = 0, files = 1, bytes = 0 } = {}): SegmentSize {
  const id = nextId++;
  const start = day * MICROS_PER_DAY;
  const range = { start, end: start + MICROS_PER_DAY };
  const segment = { id, relation: `s${id}`, ...range, commitFloor: '0', sealedCommit: null };
  return { segment, events, files, bytes };
}

function merges(...sizes: readonly SegmentSize[]): number[][] {
  return chooseMerges(sizes, BOUNDS).map((merge) => merge.map(({ events }) => events));
}

describe('chooseMerges', () => {
  it('merges the small files of a range', () => {
    expect(merges(size(50), size(60), size(5_000))).toEqual([[50, 60]]);
    expect(merges(size(50), size(50, { day: 1 }))).toEqual([]);
    expect(merges(size(5), size(6), size(7, { day: 1 }), size(8, { day: 1 }))).toEqual([
      [5, 6],
      [7, 8],
    ]);
  });

  it('makes no file larger than files are', () => {
    expect(merges(size(400), size(350), size(300))).toEqual([[300, 350]]);
    expect(merges(size(900), size(200))).toEqual([]);
  });

  it('leaves large messages where they are, however few they are', () => {
    const heavy = size(40, { bytes: 900_000 });
    expect(merges(heavy, size(50, { bytes: 60_000 }), size(60, { bytes: 50_000 }))).toEqual([
      [50, 60],
    ]);
    expect(merges(heavy, size(50, { bytes: 60_000 }))).toEqual([[40, 50]]);
    expect(merges(size(200, { files: 9, bytes: 2_000_000 }))).toEqual([]);
  });

  it('leaves a large one until the small ones beside it are many', () => {
    expect(merges(size(500), size(50))).toEqual([]);
    expect(merges(size(500), size(50), size(60))).toEqual([[50, 60]]);
    expect(merges(size(500), size(250))).toEqual([[250, 500]]);
  });

  it('joins the files of one segment that retention left small', () => {
    expect(merges(size(300, { files: 4 }))).toEqual([[300]]);
    expect(merges(size(0, { files: 0 }), size(0, { files: 0 }))).toEqual([]);
  });

  it('writes an event again a few times only, however often late events come', () => {
    let sizes: SegmentSize[] = [];
    let written = 0;
    for (let batch = 0; batch < 100; batch++) {
      sizes.push(size(10));
      for (let merge = chooseMerges(sizes, BOUNDS)[0]; merge !== undefined;) {
        const gone = new Set(merge);
        const events = merge.reduce((sum, each) => sum + each.events, 0);
        written += events;
        sizes = [...sizes.filter((each) => !gone.has(each)), size(events)];
        merge = chooseMerges(sizes, BOUNDS)[0];
      }
      expect(sizes.length).toBeLessThan(8);
    }
    expect(written / 1_000).toBeLessThan(10);
  });
});
