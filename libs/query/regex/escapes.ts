import { characterSet, complement, type CharacterSet, type CodeRange } from './character-set.ts';

const DIGITS: CodeRange[] = [[48, 57]];
const UPPER: CodeRange = [65, 90];
const LOWER: CodeRange = [97, 122];
const PUNCTUATION: CodeRange[] = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126],
];
const SPACES: CodeRange[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];

/** RE2's classes; all are of ASCII. */
const PERL: Readonly<Record<string, CharacterSet>> = {
  d: characterSet(DIGITS),
  w: characterSet([...DIGITS, UPPER, LOWER, [95, 95]]),
  s: characterSet(SPACES),
};

const POSIX: Readonly<Record<string, CharacterSet>> = {
  alnum: characterSet([...DIGITS, UPPER, LOWER]),
  alpha: characterSet([UPPER, LOWER]),
  ascii: [[0, 127]],
  blank: characterSet([
    [9, 9],
    [32, 32],
  ]),
  cntrl: characterSet([
    [0, 31],
    [127, 127],
  ]),
  digit: characterSet(DIGITS),
  graph: [[33, 126]],
  lower: [LOWER],
  print: [[32, 126]],
  punct: characterSet(PUNCTUATION),
  space: characterSet([...SPACES, [11, 11]]),
  upper: [UPPER],
  word: characterSet([...DIGITS, UPPER, LOWER, [95, 95]]),
  xdigit: characterSet([...DIGITS, [65, 70], [97, 102]]),
};

/** `d`, `w` and `s`; the set is to be negated for `D`, `W` and `S`. */
export function perlClass(letter: string): { set: CharacterSet; negated: boolean } | null {
  const lower = letter.toLowerCase();
  const set = Object.hasOwn(PERL, lower) ? PERL[lower] : undefined;
  return set === undefined ? null : { set, negated: lower !== letter };
}

/** The class between `[:` and `:]`. */
export function posixClass(name: string): CharacterSet | null {
  const negated = name.startsWith('^');
  const plain = negated ? name.slice(1) : name;
  const set = Object.hasOwn(POSIX, plain) ? POSIX[plain] : undefined;
  if (set === undefined) return null;
  return negated ? complement(set) : set;
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const ESCAPE =
  /^\\(?:x\{(?<braced>[0-9a-fA-F]+)\}|x(?<hex>[0-9a-fA-F]{2})|(?<octal>0[0-7]{0,2}|[1-7][0-7]{1,2})|(?<control>[afnrtv])|(?<plain>[^0-9A-Za-z]))/u;

/** The character of an escape at the beginning of a text, with the escape's length; null where it is none. */
export function escapedCharacter(text: string): { code: number; length: number } | null {
  const match = ESCAPE.exec(text);
  if (match?.groups === undefined) return null;
  return { code: codeOf(match.groups), length: match[0].length };
}

function codeOf(groups: Readonly<Record<string, string | undefined>>): number {
  const { braced, hex, octal, control, plain } = groups;
  const digits = braced ?? hex;
  if (digits !== undefined) return Number.parseInt(digits, 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  if (control !== undefined) return CONTROLS[control] ?? 0;
  return plain?.codePointAt(0) ?? 0;
}
