import { caseVariants } from '../fold-case.ts';

/** One character of a Postgres pattern (ARE), inside or outside brackets. */
export function patternCharacter(code: number): string {
  if (isAlphanumeric(code)) return String.fromCharCode(code);
  return code > 0xffff
    ? String.raw`\U${code.toString(16).padStart(8, '0')}`
    : String.raw`\u${code.toString(16).padStart(4, '0')}`;
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** The pattern of a folded text: every character with all that fold to it, from JavaScript's tables, not Postgres'. */
export function foldedPattern(folded: string): string {
  let pattern = '';
  for (const character of folded) pattern += oneOf(caseVariants(character));
  return pattern;
}

function oneOf(characters: readonly string[]): string {
  const codes = characters.map((character) => patternCharacter(character.codePointAt(0) ?? 0));
  return codes.length === 1 ? (codes[0] ?? '') : `[${codes.join('')}]`;
}

/** No character beyond is of a word (a test proves it). */
const LAST_WORD_CHARACTER = 0x3ffff;

let classRanges: string | null = null;

/**
 * The characters of words as the inside of a bracket expression. They are listed, since Postgres' own classes
 * follow the version of ICU or libc that it was linked with.
 */
export function wordRanges(): string {
  classRanges ??= collectRanges(/^[\p{L}\p{N}_]$/u);
  return classRanges;
}

function collectRanges(member: RegExp): string {
  let ranges = '';
  let start = -1;
  for (let code = 1; code <= LAST_WORD_CHARACTER + 1; code++) {
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    const belongs = !isSurrogate && member.test(String.fromCodePoint(code));
    if (belongs && start < 0) start = code;
    if (!belongs && start >= 0) {
      ranges += rangeOf(start, code - 1);
      start = -1;
    }
  }
  return ranges;
}

export function rangeOf(start: number, end: number): string {
  const first = patternCharacter(start);
  return start === end ? first : `${first}-${patternCharacter(end)}`;
}
