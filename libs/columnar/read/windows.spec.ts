import { describe, expect, it } from '@jest/globals';
import type { RowGroup } from '../files/skip-file.ts';
import { joinWindows, windowsOf } from './windows.ts';

const ALL = { from: 0, to: 1_000 };

function group(minTs: number, maxTs: number, ascii?: boolean): RowGroup {
  const rest = { events: 10, firstGroup: 1, lastGroup: 1 };
  return { ...rest, minTs, maxTs, ...(ascii === undefined ? {} : { ascii }) };
}

function asciiOf(...groups: readonly RowGroup[]): boolean[] {
  return windowsOf(groups, () => true, ALL).map(({ ascii }) => ascii);
}

describe('windowsOf', () => {
  it('knows of ASCII only where it is said', () => {
    expect(asciiOf(group(0, 9, true), group(10, 19, false), group(20, 29))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes events of a time at which row groups meet for those of both', () => {
    expect(asciiOf(group(0, 10, true), group(10, 20, false), group(21, 30, true))).toEqual([
      false,
      false,
      true,
    ]);
    expect(asciiOf(group(0, 5, true), group(5, 5, true), group(5, 9, false))).toEqual([
      false,
      false,
    ]);
  });

  it('looks at row groups that do not match, too: their events of that time are read', () => {
    const groups = [group(0, 10, true), group(10, 20, false)];
    expect(windowsOf(groups, (index) => index === 0, ALL)).toMatchObject([{ ascii: false }]);
  });
});

describe('joinWindows', () => {
  it('is ASCII where all that it joins is', () => {
    const windows = windowsOf([group(0, 9, true), group(10, 19, true)], () => true, ALL);
    expect(joinWindows(windows)).toMatchObject([{ from: 0, to: 20, ascii: true }]);
    const mixed = windowsOf([group(0, 9, true), group(10, 19, false)], () => true, ALL);
    expect(joinWindows(mixed)).toMatchObject([{ from: 0, to: 20, ascii: false }]);
  });
});
