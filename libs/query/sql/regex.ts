import { complement, LAST_CODE_POINT, type CharacterSet } from '../regex/character-set.ts';
import type { Assertion, RegexNode } from '../regex/nodes.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import type { Bind, Condition } from './condition.ts';
import { rangeOf } from './pattern.ts';

/**
 * An RE2 pattern as one of Postgres (ARE), under collation "C", where `\y` is RE2's `\b`. Case is written out as
 * sets, since Postgres ignores case by other tables. What Postgres cannot say is wider, so the outcome is not exact.
 */
export function regexCondition(pattern: string, expression: string, bind: Bind): Condition {
  const node = parseRegex(pattern);
  if (node === null) return { sql: `${expression} IS NOT NULL`, exact: false };
  const are = translate(node);
  return { sql: `${expression} COLLATE "C" ~ ${bind(are.text)}`, exact: are.exact };
}

interface Are {
  readonly text: string;
  readonly exact: boolean;
  /** How much Postgres has to build for it. */
  readonly size: number;
}

function translate(node: RegexNode): Are {
  switch (node.kind) {
    case 'set':
      return atom(bracket(node.set));
    case 'some-character':
      return { text: '.', exact: false, size: 1 };
    case 'assertion':
      return atom(ASSERTIONS[node.assertion]);
    case 'sequence':
      return join(node.of.map(translate), '');
    case 'alternatives':
      return join(node.of.map(translate), '|');
    case 'repeat':
      return repeat(node);
  }
}

function atom(text: string): Are {
  return { text, exact: true, size: 1 };
}

const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  'text-start': '^',
  'text-end': '$',
  'line-start': String.raw`(?:^|(?<=\u000a))`,
  'line-end': String.raw`(?:$|(?=\u000a))`,
  'word-boundary': String.raw`\y`,
  'no-word-boundary': String.raw`\Y`,
};

function bracket(set: CharacterSet): string {
  const last = set[set.length - 1];
  if (last?.[1] !== LAST_CODE_POINT) return `[${inside(set) || NOTHING}]`;
  const outside = complement(set);
  return inside(outside) === '' ? '.' : `[^${inside(outside)}]`;
}

/** No text of Postgres holds NUL. */
function inside(set: CharacterSet): string {
  return set
    .filter(([, to]) => to > 0)
    .map(([from, to]) => rangeOf(Math.max(from, 1), to))
    .join('');
}

/** A character that no text holds, for a set that is empty. */
const NOTHING = String.raw`\ud800`;

function join(parts: readonly Are[], separator: '' | '|'): Are {
  const text = parts.map((part) => part.text).join(separator);
  return {
    text: separator === '' ? text : `(?:${text})`,
    exact: parts.every((part) => part.exact),
    size: parts.reduce((sum, part) => sum + part.size, 1),
  };
}

/** The most copies that Postgres allows. */
const MOST_COPIES = 255;
/** Beyond this Postgres may refuse a pattern as too complex. */
const LARGEST = 2_000;

function repeat(node: Extract<RegexNode, { kind: 'repeat' }>): Are {
  const { of, min, max } = node;
  // An assertion holds as often as one likes; Postgres refuses to count it.
  if (isAssertion(of)) return min > 0 ? translate(of) : atom('(?:)');
  const part = translate(of);
  const copies = Math.max(min, max ?? 1, 1);
  const size = part.size * copies;
  if (copies > MOST_COPIES || size > LARGEST) {
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
