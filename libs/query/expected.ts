import type { SyntaxNode } from '@lezer/common';
import { QuerySyntaxError } from './syntax-error.ts';

interface Fault {
  readonly reason: string;
  readonly expected: readonly string[];
}

/** What a query lacks at an error node, told from the nodes around it and the character that stands there. */
export function expectedAt(text: string, error: SyntaxNode): QuerySyntaxError {
  const from = placeOf(text, error.from);
  const { reason, expected } =
    faultOfCharacter(text.charAt(from), before(error)) ?? faultOfContext(error, text.slice(from));
  return new QuerySyntaxError(reason, from, endOfWrong(text, from), expected);
}

/** Where the wrong text begins: what is missing after a space is missing at the next text. */
function placeOf(text: string, from: number): number {
  const rest = text.slice(from);
  const next = rest.search(/[^ \t\n\r\u{a0}]/u);
  return next < 0 ? text.length : from + next;
}

function endOfWrong(text: string, from: number): number {
  const character = text.charAt(from);
  if (character === '"' || character === '/') return text.length;
  return from + (/^(?:[()[\]{}:]|[^ \t\n\r\u{a0}()]+)/u.exec(text.slice(from))?.[0].length ?? 0);
}

/** The name of what stands before the error, through nodes that hold nothing but the error. */
function before(error: SyntaxNode): string {
  const inText = error.parent?.name === 'Text' ? error.parent : error;
  return inText.prevSibling?.name ?? '';
}

function faultOfCharacter(character: string, previous: string): Fault | null {
  if (character === '"') return { reason: 'the quote is not closed', expected: ['a closing "'] };
  if (character === '\\') {
    return { reason: 'nothing follows the backslash', expected: ['a character after it'] };
  }
  if (character === '/' && previous === 'Colon') {
    return { reason: 'the pattern is not closed', expected: ['a closing /'] };
  }
  return null;
}

/** What may follow a node of a name. */
const AFTER: Readonly<Record<string, Fault>> = {
  And: { reason: 'AND has nothing after it', expected: ['a term'] },
  Or: { reason: 'OR has nothing after it', expected: ['a term'] },
  Not: { reason: 'NOT has nothing after it', expected: ['a term'] },
  Minus: { reason: '- has nothing after it', expected: ['a term'] },
  '(': { reason: 'the parentheses are empty', expected: ['a term'] },
  Colon: {
    reason: 'a value is missing',
    expected: ['a value', 'a comparison', 'a range', 'a /pattern/', '( with values )'],
  },
  CompareOperator: { reason: 'a value to compare with is missing', expected: ['a value'] },
  RangeOpen: { reason: 'the range has no lower end', expected: ['a value', '*'] },
  RangeOpenExclusive: { reason: 'the range has no lower end', expected: ['a value', '*'] },
  To: { reason: 'the range has no upper end', expected: ['a value', '*'] },
};

function faultOfContext(error: SyntaxNode, rest: string): Fault {
  const after = AFTER[before(error)];
  if (after !== undefined) return after;
  switch (error.parent?.name) {
    case 'Range':
      return rangeFault(error);
    case 'Group':
    case 'ValueGroup':
      return { reason: 'a parenthesis is not closed', expected: [')'] };
    default:
      return faultAtTop(rest);
  }
}

function rangeFault(error: SyntaxNode): Fault {
  const hasTo = error.parent?.getChild('To') !== null;
  return hasTo
    ? { reason: 'the range is not closed', expected: [']', '}'] }
    : { reason: 'the ends of the range are not set apart', expected: ['TO'] };
}

function faultAtTop(rest: string): Fault {
  if (rest.startsWith(')')) return { reason: ') closes nothing', expected: ['a ( before it'] };
  if (rest.startsWith(':'))
    return { reason: ': has no field before it', expected: ['a field name'] };
  const operator = /^(?:AND|OR)(?![^ \t\n\r\u{a0}()])/u.exec(rest)?.[0];
  if (operator !== undefined) {
    return { reason: `${operator} has nothing before it`, expected: ['a term'] };
  }
  return { reason: 'this is no term', expected: ['a term'] };
}
