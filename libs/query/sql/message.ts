import type { MessageTerm } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { messageParts, type MessageParts } from '../message-parts.ts';
import { conjunction, exactly, type Bind, type Condition } from './condition.ts';
import { foldedLike, likeLiteral } from './like.ts';
import { foldedPattern, wordRanges } from './pattern.ts';

/** Lower case of ASCII only: the cheapest way to ignore case that Postgres has. */
const FOLDED = 'lower(message COLLATE "C")';

/**
 * A term on `message`. A coarse LIKE goes first, since it is several times cheaper than a pattern; the pattern
 * decides where LIKE cannot.
 */
export function messageCondition(term: MessageTerm, bind: Bind): Condition {
  switch (term.kind) {
    case 'phrase':
      return phrase(term.words, bind);
    case 'message-equals':
      return exactly(equalsFolded('message', foldCase(term.text), bind));
    default:
      return exactly(inOrder(messageParts(term), bind));
  }
}

/** Patterns of thousands of words take Postgres seconds to compile; the predicate checks what lies beyond. */
const MOST_WORDS = 32;

function phrase(words: readonly string[], bind: Bind): Condition {
  const first = words.slice(0, MOST_WORDS);
  const like = `%${first.map((word) => foldedLike(word).pattern).join('%')}%`;
  const between = (outside: string) => first.map(foldedPattern).join(`${outside}+`);
  const ends = { wordStart: true, wordEnd: true };
  const sql = conjunction([`${FOLDED} LIKE ${bind(like)}`, atWordEnds(between, ends, bind)]);
  return { sql, exact: first.length === words.length };
}

type Ends = Pick<MessageParts, 'wordStart' | 'wordEnd'>;

/**
 * A pattern that depends on which characters stand outside words. Most messages are decided by what surrounds the
 * words in ASCII: a match with only ASCII outside is one, and where there is none even with all other characters
 * outside, there is none. Only what lies between needs the class of all characters of words, whose hundreds of
 * ranges take Postgres tens of milliseconds to compile.
 */
function atWordEnds(pattern: (outside: string) => string, ends: Ends, bind: Bind): string {
  const matches = (outside: string) => {
    const before = ends.wordStart ? `(?:^|${outside})` : '';
    const after = ends.wordEnd ? `(?:$|${outside})` : '';
    return `message COLLATE "C" ~ ${bind(before + pattern(outside) + after)}`;
  };
  const certain = matches(ASCII_OUTSIDE);
  const possible = matches('[^A-Za-z0-9_]');
  const exact = matches(`[^${wordRanges()}]`);
  return `CASE WHEN ${certain} THEN true WHEN NOT (${possible}) THEN false ELSE ${exact} END`;
}

/** The ASCII characters that are not of words. */
const ASCII_OUTSIDE = String.raw`[\u0001-\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u007f]`;

function inOrder(wanted: MessageParts, bind: Bind): string {
  const likes = wanted.parts.map(foldedLike);
  const coarse = `${FOLDED} LIKE ${bind(`%${likes.map((like) => like.pattern).join('%')}%`)}`;
  const pattern = wanted.parts.map(foldedPattern).join('.*');
  if (wanted.wordStart || wanted.wordEnd) {
    return conjunction([coarse, atWordEnds(() => pattern, wanted, bind)]);
  }
  if (likes.every((like) => like.exact)) return coarse;
  const certain = `%${wanted.parts.map(likeLiteral).join('%')}%`;
  return decided('message', coarse, certain, pattern, bind);
}

/** What LIKE leaves open is decided by LIKE with the folded text itself, which nearly always holds, or a pattern. */
function decided(
  column: string,
  coarse: string,
  certain: string,
  pattern: string,
  bind: Bind,
): string {
  const alike = `lower(${column} COLLATE "C") LIKE ${bind(certain)}`;
  return conjunction([coarse, `(${alike} OR ${column} COLLATE "C" ~ ${bind(pattern)})`]);
}

/** A whole text, ignoring case; the text is folded. */
export function equalsFolded(column: string, folded: string, bind: Bind): string {
  const like = foldedLike(folded);
  if (like.exact) return `lower(${column} COLLATE "C") = ${bind(folded)}`;
  const coarse = `lower(${column} COLLATE "C") LIKE ${bind(like.pattern)}`;
  return decided(column, coarse, likeLiteral(folded), `^${foldedPattern(folded)}$`, bind);
}

/** A substring, ignoring case; the text is folded. */
export function containsFolded(column: string, folded: string, bind: Bind): string {
  const like = foldedLike(folded);
  const coarse = `lower(${column} COLLATE "C") LIKE ${bind(`%${like.pattern}%`)}`;
  if (like.exact) return coarse;
  return decided(column, coarse, `%${likeLiteral(folded)}%`, foldedPattern(folded), bind);
}
