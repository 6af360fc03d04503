import type { MessageTerm } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { messageParts, type MessageParts } from '../message-parts.ts';
import { conjunction, exactly, type Condition, type Target } from './condition.ts';
import { containsFolded, coarselyInOrder, equalsFolded } from './folded-text.ts';
import { foldedPattern, wordRanges } from './pattern.ts';

/**
 * A term on `message`. For Postgres a coarse LIKE goes first, since it is several times cheaper than a pattern; the
 * pattern decides where LIKE cannot.
 */
export function messageCondition(term: MessageTerm, target: Target): Condition {
  switch (term.kind) {
    case 'phrase':
      return phrase(term.words, target);
    case 'message-equals':
      return exactly(equalsFolded('message', foldCase(term.text), target));
    default:
      return exactly(inOrder(messageParts(term), target));
  }
}

/** Patterns of thousands of words take seconds to compile; the predicate checks what lies beyond. */
function phrase(words: readonly string[], target: Target): Condition {
  const first = words.slice(0, target.dialect.pattern.mostWords);
  const folded = first.map((word) => foldedPattern(word, target.dialect));
  const between = (outside: string) => folded.join(`${outside}+`);
  const ends = { wordStart: true, wordEnd: true };
  const coarse = coarselyInOrder('message', first, target);
  const sql = conjunction([...coarse, atWordEnds(between, ends, target)]);
  return { sql, exact: first.length === words.length };
}

type Ends = Pick<MessageParts, 'wordStart' | 'wordEnd'>;

/**
 * A pattern that depends on which characters stand outside words. Most messages are decided by what surrounds the
 * words in ASCII: a match with only ASCII outside is one, and where there is none even with all other characters
 * outside, there is none. Only what lies between needs the class of all characters of words, whose hundreds of
 * ranges take Postgres tens of milliseconds to compile.
 */
function atWordEnds(pattern: (outside: string) => string, ends: Ends, target: Target): string {
  const { dialect, bind } = target;
  const matches = (outside: string) => {
    const before = ends.wordStart ? `(?:^|${outside})` : '';
    const after = ends.wordEnd ? `(?:$|${outside})` : '';
    return dialect.matches('message', bind(before + pattern(outside) + after));
  };
  const certain = matches(asciiOutside(target));
  if (dialect.messagesAreAscii) return certain;
  const possible = matches('[^A-Za-z0-9_]');
  const exact = matches(`[^${wordRanges(dialect)}]`);
  // DuckDB evaluates each condition only where those before it hold.
  if (dialect.name === 'duckdb') return `(${possible} AND (${certain} OR ${exact}))`;
  return `CASE WHEN ${certain} THEN true WHEN NOT (${possible}) THEN false ELSE ${exact} END`;
}

const ASCII_OUTSIDE: readonly (readonly [number, number])[] = [
  [0x01, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x5e],
  [0x60, 0x60],
  [0x7b, 0x7f],
];

/** The ASCII characters that are not of words. */
function asciiOutside({ dialect }: Target): string {
  const ranges = ASCII_OUTSIDE.map(
    ([from, to]) => `${dialect.character(from)}-${dialect.character(to)}`,
  );
  return `[${ranges.join('')}]`;
}

function inOrder(wanted: MessageParts, target: Target): string {
  const { parts, wordStart, wordEnd } = wanted;
  if (!wordStart && !wordEnd) return containsFolded('message', parts, target);
  const pattern = parts
    .map((part) => foldedPattern(part, target.dialect))
    .join(`${target.dialect.pattern.any}*`);
  const coarse = coarselyInOrder('message', parts, target);
  return conjunction([...coarse, atWordEnds(() => pattern, wanted, target)]);
}
