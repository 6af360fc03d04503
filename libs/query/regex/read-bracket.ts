import { complement, type CodeRange } from './character-set.ts';
import { escapedCharacter, perlClass, posixClass } from './escapes.ts';

/** Reads a set of characters at a place; null where only RE2 understands it. */
export type ReadSet = (pattern: string, at: number) => FoundSet | null;

export interface FoundSet {
  /** Null where the set needs RE2's tables of Unicode. */
  readonly ranges: readonly CodeRange[] | null;
  readonly negated: boolean;
  readonly end: number;
}

interface Member {
  /** Null for a property of Unicode. */
  readonly ranges: readonly CodeRange[] | null;
  readonly end: number;
}

/** `[…]` at a place of a pattern. */
export const readBracket: ReadSet = (pattern, start) => {
  let at = start + 1;
  const negated = pattern.charAt(at) === '^';
  if (negated) at++;
  let ranges: CodeRange[] | null = [];
  for (let first = true; first || pattern.charAt(at) !== ']'; first = false) {
    const member = readMember(pattern, at);
    if (member === null) return null;
    ranges = member.ranges === null || ranges === null ? null : [...ranges, ...member.ranges];
    at = member.end;
  }
  return { ranges, negated, end: at + 1 };
};

function readMember(pattern: string, at: number): Member | null {
  return readClass(pattern, at) ?? readRange(pattern, at);
}

function readClass(pattern: string, at: number): Member | null {
  const rest = pattern.slice(at);
  const posix = /^\[:(\^?\w+):\]/u.exec(rest);
  if (posix !== null) {
    const set = posixClass(posix[1] ?? '');
    return set === null ? null : { ranges: set, end: at + posix[0].length };
  }
  const property = /^\\[pP](?:\{[^}]*\}|.)/u.exec(rest);
  if (property !== null) return { ranges: null, end: at + property[0].length };
  const named = rest.startsWith('\\') ? perlClass(rest.charAt(1)) : null;
  if (named === null) return null;
  return { ranges: named.negated ? complement(named.set) : named.set, end: at + 2 };
}

function readRange(pattern: string, at: number): Member | null {
  const low = readCharacter(pattern, at);
  if (low === null) return null;
  const isRange = pattern.charAt(low.end) === '-' && pattern.charAt(low.end + 1) !== ']';
  const high = isRange ? readCharacter(pattern, low.end + 1) : low;
  return high === null || high.code < low.code
    ? null
    : { ranges: [[low.code, high.code]], end: high.end };
}

function readCharacter(pattern: string, at: number): { code: number; end: number } | null {
  if (at >= pattern.length) return null;
  if (pattern.charAt(at) === '\\') {
    const escaped = escapedCharacter(pattern.slice(at));
    return escaped === null ? null : { code: escaped.code, end: at + escaped.length };
  }
  const code = pattern.codePointAt(at) ?? 0;
  return { code, end: at + (code > 0xffff ? 2 : 1) };
}
