import type { MessageTerm } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { messageParts, type MessageParts } from '../message-parts.ts';
import { conjunction, exactly, type Bind, type Condition } from './condition.ts';
import { foldedLike } from './like.ts';
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

function phrase(words: readonly string[], bind: Bind): Condition {
  const like = `%${words.map((word) => foldedLike(word).pattern).join('%')}%`;
  const between = `[^${wordRanges()}]+`;
  const pattern = words.map(foldedPattern).join(between);
  return exactly(
    conjunction([
      `${FOLDED} LIKE ${bind(like)}`,
      `message COLLATE "C" ~ ${bind(atWordEnds(pattern, true, true))}`,
    ]),
  );
}

function atWordEnds(pattern: string, start: boolean, end: boolean): string {
  const before = start ? `(?:^|[^${wordRanges()}])` : '';
  const after = end ? `(?:$|[^${wordRanges()}])` : '';
  return before + pattern + after;
}

function inOrder(wanted: MessageParts, bind: Bind): string {
  const likes = wanted.parts.map(foldedLike);
  const conditions = [`${FOLDED} LIKE ${bind(`%${likes.map((like) => like.pattern).join('%')}%`)}`];
  if (wanted.wordStart || wanted.wordEnd || !likes.every((like) => like.exact)) {
    const pattern = wanted.parts.map(foldedPattern).join('.*');
    const ended = atWordEnds(pattern, wanted.wordStart, wanted.wordEnd);
    conditions.push(`message COLLATE "C" ~ ${bind(ended)}`);
  }
  return conjunction(conditions);
}

/** A whole text, ignoring case; the text is folded. */
export function equalsFolded(column: string, folded: string, bind: Bind): string {
  const like = foldedLike(folded);
  if (like.exact) return `lower(${column} COLLATE "C") = ${bind(folded)}`;
  return conjunction([
    `lower(${column} COLLATE "C") LIKE ${bind(like.pattern)}`,
    `${column} COLLATE "C" ~ ${bind(`^${foldedPattern(folded)}$`)}`,
  ]);
}

/** A substring, ignoring case; the text is folded. */
export function containsFolded(column: string, folded: string, bind: Bind): string {
  const like = foldedLike(folded);
  const coarse = `lower(${column} COLLATE "C") LIKE ${bind(`%${like.pattern}%`)}`;
  if (like.exact) return coarse;
  return conjunction([coarse, `${column} COLLATE "C" ~ ${bind(foldedPattern(folded))}`]);
}
