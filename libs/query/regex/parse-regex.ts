import {
  characterSet,
  complement,
  LAST_CODE_POINT,
  withOtherCases,
  type CharacterSet,
  type CodeRange,
} from './character-set.ts';
import { escapedCharacter, perlClass } from './escapes.ts';
import type { Assertion, RegexNode } from './nodes.ts';
import { readBracket, type ReadSet } from './read-bracket.ts';

/** RE2's flags as far as they change what is found. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

/**
 * The structure of a pattern that RE2 accepts, ignoring case from the start; null where it holds something that
 * only RE2 itself understands.
 */
export function parseRegex(pattern: string): RegexNode | null {
  const reader = { pattern, at: 0, flags: { ignoreCase: true, multiLine: false, dotAll: false } };
  const node = readAlternatives(reader);
  return reader.at === pattern.length ? node : null;
}

interface Reader {
  readonly pattern: string;
  at: number;
  /** Those of the group that is being read. */
  flags: Flags;
}

function readAlternatives(reader: Reader): RegexNode | null {
  const alternatives: RegexNode[] = [];
  do {
    const sequence = readSequence(reader);
    if (sequence === null) return null;
    alternatives.push(sequence);
  } while (skip(reader, '|'));
  const [only] = alternatives;
  return alternatives.length === 1 && only !== undefined
    ? only
    : { kind: 'alternatives', of: alternatives };
}

function readSequence(reader: Reader): RegexNode | null {
  const parts: RegexNode[] = [];
  while (reader.at < reader.pattern.length && !/[|)]/u.test(peek(reader))) {
    const read = readPart(reader);
    if (read === null) return null;
    const quantified = readQuantifier(reader, read.pop());
    parts.push(...read, ...(quantified === null ? [] : [quantified]));
  }
  return { kind: 'sequence', of: parts };
}

/** The nodes of one part; a quantifier after it belongs to the last. None for flags. */
function readPart(reader: Reader): RegexNode[] | null {
  switch (peek(reader)) {
    case '(':
      return readGroup(reader);
    case '[':
      return wrapped(readSetPart(reader, readBracket));
    case '.':
      reader.at++;
      return [{ kind: 'set', set: reader.flags.dotAll ? ANY : NOT_NEWLINE }];
    case '^':
      return readAnchor(reader, reader.flags.multiLine ? 'line-start' : 'text-start');
    case '$':
      return readAnchor(reader, reader.flags.multiLine ? 'line-end' : 'text-end');
    case '\\':
      return readEscape(reader);
    default:
      return [readLiteral(reader)];
  }
}

const ANY: CharacterSet = [[0, LAST_CODE_POINT]];
const NOT_NEWLINE = complement([[10, 10]]);

function readAnchor(reader: Reader, assertion: Assertion): RegexNode[] {
  reader.at++;
  return [{ kind: 'assertion', assertion }];
}

function readLiteral(reader: Reader): RegexNode {
  const code = reader.pattern.codePointAt(reader.at) ?? 0;
  reader.at += code > 0xffff ? 2 : 1;
  return literal(code, reader.flags);
}

function literal(code: number, flags: Flags): RegexNode {
  return setNode([[code, code]], false, flags);
}

function setNode(ranges: readonly CodeRange[], negated: boolean, flags: Flags): RegexNode {
  const plain = characterSet(ranges);
  const set = flags.ignoreCase ? withOtherCases(plain) : plain;
  if (set === null) return { kind: 'some-character' };
  return { kind: 'set', set: negated ? complement(set) : set };
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  b: 'word-boundary',
  B: 'no-word-boundary',
};

function readEscape(reader: Reader): RegexNode[] | null {
  const letter = reader.pattern.charAt(reader.at + 1);
  const assertion = Object.hasOwn(ASSERTIONS, letter) ? ASSERTIONS[letter] : undefined;
  if (assertion !== undefined) {
    reader.at += 2;
    return [{ kind: 'assertion', assertion }];
  }
  if (letter === 'Q') return readQuoted(reader);
  if (letter === 'p' || letter === 'P') return readProperty(reader);
  const named = perlClass(letter);
  if (named !== null) {
    reader.at += 2;
    return [setNode(named.set, named.negated, reader.flags)];
  }
  const escaped = escapedCharacter(reader.pattern.slice(reader.at));
  if (escaped === null) return null;
  reader.at += escaped.length;
  return [literal(escaped.code, reader.flags)];
}

/** `\Q…\E`, or to the end. */
function readQuoted(reader: Reader): RegexNode[] {
  const start = reader.at + 2;
  const close = reader.pattern.indexOf('\\E', start);
  const end = close < 0 ? reader.pattern.length : close;
  reader.at = close < 0 ? end : close + 2;
  return Array.from(reader.pattern.slice(start, end), (character) =>
    literal(character.codePointAt(0) ?? 0, reader.flags),
  );
}

/** `\pL`, `\p{Greek}`: one character, of RE2's version of Unicode. */
function readProperty(reader: Reader): RegexNode[] | null {
  const match = /^\\[pP](?:\{[^}]*\}|.)/u.exec(reader.pattern.slice(reader.at));
  if (match === null) return null;
  reader.at += match[0].length;
  return [{ kind: 'some-character' }];
}

function readSetPart(reader: Reader, read: ReadSet): RegexNode | null {
  const found = read(reader.pattern, reader.at);
  if (found === null) return null;
  reader.at = found.end;
  return found.ranges === null
    ? { kind: 'some-character' }
    : setNode(found.ranges, found.negated, reader.flags);
}

function wrapped(node: RegexNode | null): RegexNode[] | null {
  return node === null ? null : [node];
}

const GROUP = /^\((?:\?P?<\w+>|\?(?<flags>[imsU]*(?:-[imsU]+)?)(?<end>[:)]))?/u;

function readGroup(reader: Reader): RegexNode[] | null {
  const match = GROUP.exec(reader.pattern.slice(reader.at));
  if (match === null) return null;
  reader.at += match[0].length;
  const outer = reader.flags;
  reader.flags = changedFlags(outer, match.groups?.['flags'] ?? '');
  // Flags without a body hold to the end of the group around them.
  if (match.groups?.['end'] === ')') return [];
  const body = readAlternatives(reader);
  reader.flags = outer;
  return body === null || !skip(reader, ')') ? null : [body];
}

function changedFlags(flags: Flags, letters: string): Flags {
  const [on = '', off = ''] = letters.split('-');
  const changed = (letter: string, was: boolean) =>
    on.includes(letter) || (was && !off.includes(letter));
  return {
    ignoreCase: changed('i', flags.ignoreCase),
    multiLine: changed('m', flags.multiLine),
    dotAll: changed('s', flags.dotAll),
  };
}

const QUANTIFIER = /^(?:(?<sign>[*+?])|\{(?<min>\d+)(?<comma>,)?(?<max>\d*)\})\??/u;

function readQuantifier(reader: Reader, node: RegexNode | undefined): RegexNode | null {
  if (node === undefined) return null;
  const match = QUANTIFIER.exec(reader.pattern.slice(reader.at));
  if (match?.groups === undefined) return node;
  const bounds = boundsOf(match.groups);
  // `{2` with other text than a number is literal.
  if (bounds === null) return node;
  reader.at += match[0].length;
  return { kind: 'repeat', of: node, ...bounds };
}

function boundsOf(
  groups: Readonly<Record<string, string | undefined>>,
): { min: number; max: number | null } | null {
  const { sign, min = '', comma, max = '' } = groups;
  if (sign === '*') return { min: 0, max: null };
  if (sign === '+') return { min: 1, max: null };
  if (sign === '?') return { min: 0, max: 1 };
  const low = Number(min);
  if (comma === undefined) return max === '' ? { min: low, max: low } : null;
  return { min: low, max: max === '' ? null : Number(max) };
}

function peek(reader: Reader): string {
  return reader.pattern.charAt(reader.at);
}

function skip(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false;
  reader.at++;
  return true;
}
