import type { RangeBound } from './ast.ts';

/** Order of code points, which is also the order of UTF-8 bytes: negative, 0 or positive. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates, which stand for the highest code points, above all other units. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit <= 0xdfff ? unit + 0x2000 : unit - 0x800;
}

/** Whether a value that compares so with each bound lies within both. */
export function withinBounds(
  low: RangeBound | null,
  high: RangeBound | null,
  compare: (bound: string) => number,
): boolean {
  return (
    (low === null || fits(compare(low.value), low)) &&
    (high === null || fits(-compare(high.value), high))
  );
}

function fits(order: number, bound: RangeBound): boolean {
  return order > 0 || (order === 0 && bound.inclusive);
}
