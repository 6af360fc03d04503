import { complement, LAST_CODE_POINT, type CharacterSet } from '../regex/character-set.ts';
import type { Assertion, RegexNode } from '../regex/nodes.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import type { Condition, Target } from './condition.ts';
import type { Dialect } from './dialect.ts';
import { rangeOf } from './pattern.ts';

/**
 * An RE2 pattern as one of the database. Case is written out as sets, since databases ignore case by other tables.
 * What a database cannot say is wider, so the outcome is not exact.
 */
export function regexCondition(
  pattern: string,
  expression: string,
  { bind, dialect }: Target,
): Condition {
  const node = parseRegex(pattern);
  if (node === null) return { sql: `${expression} IS NOT NULL`, exact: false };
  const written = translate(node, dialect);
  return { sql: dialect.matches(expression, bind(written.text)), exact: written.exact };
}

interface Written {
  readonly text: string;
  readonly exact: boolean;
  /** How much the database has to build for it. */
  readonly size: number;
}

function translate(node: RegexNode, dialect: Dialect): Written {
  switch (node.kind) {
    case 'set':
      return atom(bracket(node.set, dialect));
    case 'some-character':
      return { text: dialect.pattern.any, exact: false, size: 1 };
    case 'assertion':
      return atom(assertion(node.assertion, dialect));
    case 'sequence':
      return join(translateAll(node.of, dialect), '');
    case 'alternatives':
      return join(translateAll(node.of, dialect), '|');
    case 'repeat':
      return repeat(node, dialect);
  }
}

function atom(text: string): Written {
  return { text, exact: true, size: 1 };
}

function translateAll(nodes: readonly RegexNode[], dialect: Dialect): Written[] {
  return nodes.map((node) => translate(node, dialect));
}

function assertion(kind: Assertion, { pattern }: Dialect): string {
  switch (kind) {
    case 'text-start':
      return '^';
    case 'text-end':
      return '$';
    case 'line-start':
      return pattern.lineStart;
    case 'line-end':
      return pattern.lineEnd;
    case 'word-boundary':
      return pattern.wordBoundary;
    case 'no-word-boundary':
      return pattern.noWordBoundary;
  }
}

function bracket(set: CharacterSet, dialect: Dialect): string {
  const last = set[set.length - 1];
  const within = inside(set, dialect);
  if (last?.[1] !== LAST_CODE_POINT) return within === '' ? dialect.pattern.nothing : `[${within}]`;
  const outside = inside(complement(set), dialect);
  return outside === '' ? dialect.pattern.any : `[^${outside}]`;
}

/** No stored text holds NUL. */
function inside(set: CharacterSet, dialect: Dialect): string {
  return set
    .filter(([, to]) => to > 0)
    .map(([from, to]) => rangeOf(Math.max(from, 1), to, dialect))
    .join('');
}

function join(parts: readonly Written[], separator: '' | '|'): Written {
  const text = parts.map((part) => part.text).join(separator);
  return {
    text: separator === '' ? text : `(?:${text})`,
    exact: parts.every((part) => part.exact),
    size: parts.reduce((sum, part) => sum + part.size, 1),
  };
}

function repeat(node: Extract<RegexNode, { kind: 'repeat' }>, dialect: Dialect): Written {
  const { of, min, max } = node;
  // An assertion holds as often as one likes; databases refuse to count it.
  if (isAssertion(of)) return min > 0 ? translate(of, dialect) : atom('(?:)');
  const part = translate(of, dialect);
  const copies = Math.max(min, max ?? 1, 1);
  const size = part.size * copies;
  if (copies > dialect.pattern.mostCopies || size > dialect.pattern.largest) {
    return { text: `(?:${part.text})${min > 0 ? '+' : '*'}`, exact: false, size: part.size };
  }
  const count = max === min ? `{${min}}` : `{${min},${max ?? ''}}`;
  return { text: `(?:${part.text})${count}`, exact: part.exact, size };
}

/** Whether a node consumes nothing. */
function isAssertion(node: RegexNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return true;
    case 'sequence':
    case 'alternatives':
      return node.of.every(isAssertion);
    case 'repeat':
      return isAssertion(node.of);
    default:
      return false;
  }
}
