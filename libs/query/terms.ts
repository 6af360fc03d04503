import type { CompareOperator, FieldRef, MessageTerm, Query, RangeBound } from './ast.ts';
import { foldCase } from './fold-case.ts';

const WORD = /[\p{L}\p{N}_]+/gu;

/** The words of a text as terms compare them (`foldCase`), in order. */
export function foldedWords(text: string): string[] {
  return foldCase(text).match(WORD) ?? [];
}

const ALL: Query = { kind: 'all' };

/** The term of a text in `message`, given as the literal parts between its `*`. */
export function messageTerm(parts: readonly string[]): Query {
  const folded = withoutRepeatedGaps(parts).map(foldCase);
  const first = folded[0] ?? '';
  const last = folded[folded.length - 1] ?? '';
  if (folded.length === 1) return wordsOrSubstring(first);
  if (folded.length === 2) return atOneEnd(first, last);
  const gapsOnly = folded.length === 3 && first === '' && last === '';
  return gapsOnly ? contains(folded[1] ?? '') : { kind: 'message-wildcard', parts: folded };
}

function atOneEnd(first: string, last: string): Query {
  if (first === '') return last === '' ? ALL : affix('suffix', last);
  return last === '' ? affix('prefix', first) : { kind: 'message-wildcard', parts: [first, last] };
}

function wordsOrSubstring(text: string): Query {
  const words = foldedWords(text);
  if (words.length > 0) return { kind: 'phrase', words };
  return text === '' ? ALL : contains(text);
}

function contains(text: string): MessageTerm {
  return { kind: 'message-contains', text };
}

function affix(side: 'prefix' | 'suffix', text: string): MessageTerm {
  return { kind: 'word-affix', affix: side, text };
}

/** The term of a value in a field other than message, level and timestamp, given as its literal parts. */
export function valueTerm(field: FieldRef, parts: readonly string[]): Query {
  const joined = withoutRepeatedGaps(parts);
  if (joined.length === 1) {
    return { kind: 'equals', field, value: joined[0] ?? '', ignoreCase: false };
  }
  if (joined.every((part) => part === ''))
    return isAnyField(field) ? { kind: 'all' } : { kind: 'exists', field };
  return { kind: 'wildcard', field, parts: joined };
}

/** `**` means the same as `*`: empty parts count only at the ends. */
function withoutRepeatedGaps(parts: readonly string[]): string[] {
  return parts.filter((part, at) => part !== '' || at === 0 || at === parts.length - 1);
}

/** A range that is open at one end. */
export function compareTerm(field: FieldRef, operator: CompareOperator, value: string): Query {
  const bound: RangeBound = { value, inclusive: operator.endsWith('=') };
  return operator.startsWith('>')
    ? { kind: 'range', field, low: bound, high: null }
    : { kind: 'range', field, low: null, high: bound };
}

/** All of the operands; none means everything. */
export function allOf(operands: readonly Query[]): Query {
  const [only] = operands;
  if (only === undefined) return ALL;
  return operands.length === 1 ? only : { kind: 'and', operands };
}

/** One of the operands; there must be at least one. */
export function anyOf(operands: readonly Query[]): Query {
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind: 'or', operands };
}

/** Of `*:*`, which means everything in Lucene and Kibana, and so here. */
function isAnyField(field: FieldRef): boolean {
  return field.kind === 'metadata' && field.path.length === 1 && field.path[0] === '*';
}
