import type { SyntaxNode } from '@lezer/common';
import type { CompareOperator, FieldRef, Query } from './ast.ts';
import type { BuildOptions } from './build-options.ts';
import { levelComparison, levelPattern, levelTerm } from './level-terms.ts';
import { children, textOf } from './nodes.ts';
import { literalParts } from './pattern-text.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { allOf, anyOf, compareTerm, messageTerm, valueTerm } from './terms.ts';
import { timeComparison, timeTerm } from './time-terms.ts';

export interface FieldContext extends BuildOptions {
  readonly text: string;
  readonly field: FieldRef | 'level' | 'timestamp';
}

/** The condition that a value of the query's text puts on a field. */
export function buildFieldValue(node: SyntaxNode, context: FieldContext): Query {
  switch (node.name) {
    case 'ValueGroup':
    case 'ValueAnd':
      return allOf(operands(node, context));
    case 'ValueOr':
      return anyOf(operands(node, context));
    case 'ValueNot':
      return buildNot(node, context);
    case 'Regex':
      return buildRegex(node, context);
    case 'Comparison':
      return buildComparison(node, context);
    case 'Range':
      return buildRange(node, context);
    default:
      return buildValue(node, context);
  }
}

const OPERATORS = new Set(['And', 'Or', 'Not', 'Minus', '(', ')']);

function operands(node: SyntaxNode, context: FieldContext): Query[] {
  return children(node)
    .filter((child) => !OPERATORS.has(child.name))
    .map((child) => buildFieldValue(child, context));
}

function buildNot(node: SyntaxNode, context: FieldContext): Query {
  const operand = allOf(operands(node, context));
  return children(node).length % 2 === 1 ? operand : { kind: 'not', operand };
}

const KEYWORDS = new Set(['AND', 'OR', 'NOT']);

function buildValue(node: SyntaxNode, context: FieldContext): Query {
  if (node.name === 'Value' && KEYWORDS.has(textOf(node, context.text))) {
    throw misplaced(node, 'a value is missing', ['a value', 'quotes around the word']);
  }
  const parts = literalParts(textOf(node, context.text), node.name === 'Quoted');
  const { field } = context;
  if (field === 'level') return levelTerm(parts, node);
  if (field === 'timestamp') return timeTerm(parts, node, context.now);
  if (field.kind === 'column' && field.name === 'message') return messageTerm(parts);
  return valueTerm(field, parts);
}

function buildRegex(node: SyntaxNode, context: FieldContext): Query {
  const { field } = context;
  // Between slashes a slash is written \/, which RE2 reads as it stands.
  const pattern = textOf(node, context.text);
  if (field === 'timestamp')
    throw misplaced(node, 'timestamp has no pattern', ['a time', 'a range']);
  if (pattern === '') throw misplaced(node, 'the pattern is empty', ['a regular expression']);
  const compiled = context.compilePattern(pattern);
  if (typeof compiled === 'string') {
    throw misplaced(node, compiled, ['a regular expression in RE2 syntax']);
  }
  return field === 'level' ? levelPattern(compiled) : { kind: 'regex', field, pattern };
}

function misplaced(node: SyntaxNode, reason: string, expected: string[]): QuerySyntaxError {
  return new QuerySyntaxError(reason, node.from, node.to, expected);
}

function buildComparison(node: SyntaxNode, context: FieldContext): Query {
  const [operator, bound] = children(node);
  if (operator === undefined || bound === undefined)
    throw new TypeError('an incomplete comparison');
  const sign = context.text.slice(operator.from, operator.to) as CompareOperator;
  return compare(sign, bound, node, context);
}

function buildRange(node: SyntaxNode, context: FieldContext): Query {
  const [open, low, , high, close] = children(node);
  if (open === undefined || low === undefined || high === undefined || close === undefined) {
    throw new TypeError('an incomplete range');
  }
  const ends: Query[] = [];
  if (!isOpenEnd(low, context)) {
    ends.push(compare(open.name === 'RangeOpen' ? '>=' : '>', low, node, context));
  }
  if (!isOpenEnd(high, context)) {
    ends.push(compare(close.name === 'RangeClose' ? '<=' : '<', high, node, context));
  }
  return ends.length === 0 ? presence(node, context) : joinEnds(ends);
}

/** Both ends as one term: of an array one element must lie between them. */
function joinEnds(ends: readonly Query[]): Query {
  const [low, high] = ends;
  if (low?.kind === 'range' && high?.kind === 'range') return { ...low, high: high.high };
  if (low?.kind === 'time' && high?.kind === 'time') return { ...low, to: high.to };
  return allOf(ends);
}

function isOpenEnd(node: SyntaxNode, context: FieldContext): boolean {
  return node.name === 'Bound' && textOf(node, context.text) === '*';
}

function presence(node: SyntaxNode, { field }: FieldContext): Query {
  if (typeof field === 'string') return { kind: 'all' };
  checkComparable(field, node);
  return { kind: 'exists', field };
}

function compare(
  operator: CompareOperator,
  bound: SyntaxNode,
  whole: SyntaxNode,
  context: FieldContext,
): Query {
  const { field } = context;
  const value = literalParts(textOf(bound, context.text), bound.name === 'Quoted').join('*');
  if (field === 'level') return levelComparison(operator, value, bound);
  if (field === 'timestamp') return timeComparison(operator, value, bound, context.now);
  checkComparable(field, whole);
  return compareTerm(field, operator, value);
}

function checkComparable(field: FieldRef, node: SyntaxNode): void {
  if (field.kind !== 'column' || field.name !== 'message') return;
  throw misplaced(node, 'message is text without an order', ['a word', 'a phrase in quotes']);
}
