/** Code points from the first to the second, both included. */
export type CodeRange = readonly [number, number];

/** Sorted ranges that do not touch. */
export type CharacterSet = readonly CodeRange[];

export const LAST_CODE_POINT = 0x10ffff;

export function characterSet(ranges: readonly CodeRange[]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged[merged.length - 1];
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(set: CharacterSet): CharacterSet {
  const outside: CodeRange[] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) outside.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_CODE_POINT) outside.push([next, LAST_CODE_POINT]);
  return outside;
}

/** The characters outside ASCII that RE2 takes for an ASCII letter where case is ignored. */
const FOLDED_INTO_ASCII: readonly CodeRange[] = [
  [0x73, 0x17f],
  [0x6b, 0x212a],
];

/**
 * The set with the other cases of its characters, as RE2 has them; null where that would need Unicode's tables.
 */
export function withOtherCases(set: CharacterSet): CharacterSet | null {
  if (!set.every(isAsciiOrCaseless)) return null;
  const more: CodeRange[] = [];
  for (let code = 97; code <= 122; code++) {
    if (contains(set, code) || contains(set, code - 32))
      more.push([code, code], [code - 32, code - 32]);
  }
  const letters = characterSet([...set, ...more]);
  const extra = FOLDED_INTO_ASCII.filter(([letter]) => contains(letters, letter)).map(
    ([, other]): CodeRange => [other, other],
  );
  return characterSet([...letters, ...extra]);
}

function contains(set: CharacterSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

/** Beyond this many characters a range is not looked through. */
const MOST_LOOKED_AT = 512;

function isAsciiOrCaseless([from, to]: CodeRange): boolean {
  if (to < 128) return true;
  // All that is not ASCII has all its cases in it.
  if (from <= 128 && to === LAST_CODE_POINT) return true;
  if (to - from > MOST_LOOKED_AT) return false;
  for (let code = Math.max(from, 128); code <= to; code++) {
    const character = String.fromCodePoint(code);
    const isCaseless =
      character.toLowerCase() === character && character.toUpperCase() === character;
    if (!isCaseless) return false;
  }
  return true;
}
