import { caseVariants } from '../fold-case.ts';
import type { Dialect } from './dialect.ts';

/** The pattern of a folded text: every character with all that fold to it, from JavaScript's tables, not the database's. */
export function foldedPattern(folded: string, dialect: Dialect): string {
  let pattern = '';
  for (const character of folded) pattern += oneOf(caseVariants(character), dialect);
  return pattern;
}

function oneOf(characters: readonly string[], dialect: Dialect): string {
  const codes = characters.map((character) => dialect.character(character.codePointAt(0) ?? 0));
  return codes.length === 1 ? (codes[0] ?? '') : `[${codes.join('')}]`;
}

/** No character beyond is of a word (a test proves it). */
const LAST_WORD_CHARACTER = 0x3ffff;

const classRanges = new Map<Dialect, string>();

/**
 * The characters of words as the inside of a bracket expression. They are listed, since the classes of a database
 * follow the version of Unicode that it was linked with.
 */
export function wordRanges(dialect: Dialect): string {
  const known = classRanges.get(dialect);
  if (known !== undefined) return known;
  const ranges = collectRanges(/^[\p{L}\p{N}_]$/u, dialect);
  classRanges.set(dialect, ranges);
  return ranges;
}

function collectRanges(member: RegExp, dialect: Dialect): string {
  let ranges = '';
  let start = -1;
  for (let code = 1; code <= LAST_WORD_CHARACTER + 1; code++) {
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    const belongs = !isSurrogate && member.test(String.fromCodePoint(code));
    if (belongs && start < 0) start = code;
    if (!belongs && start >= 0) {
      ranges += rangeOf(start, code - 1, dialect);
      start = -1;
    }
  }
  return ranges;
}

export function rangeOf(start: number, end: number, dialect: Dialect): string {
  const first = dialect.character(start);
  return start === end ? first : `${first}-${dialect.character(end)}`;
}
