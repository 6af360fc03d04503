import type { SyntaxNode } from '@lezer/common';
import type { Query } from './ast.ts';
import type { BuildOptions } from './build-options.ts';
import { fieldPath } from './field-names.ts';
import { buildFieldValue, type FieldContext } from './field-value.ts';
import { children, textOf } from './nodes.ts';
import { parseTree } from './parse-tree.ts';
import { literalParts } from './pattern-text.ts';
import { QUERY_LIMITS } from './limits.ts';
import { QuerySyntaxError } from './syntax-error.ts';
import { allOf, anyOf, messageTerm } from './terms.ts';

/**
 * The meaning of a query's text. `parseQuery` is this with RE2's patterns; the page gives another
 * `compilePattern`, since RE2 is large.
 * @throws QuerySyntaxError
 */
export function buildQuery(text: string, options: BuildOptions): Query {
  // As intake cleans events: no event holds NUL or a lone surrogate, and Postgres refuses both.
  const clean = text.replaceAll('\0', '\ufffd').toWellFormed();
  const tree = parseTree(clean);
  checkTerms(clean, tree.topNode);
  const top = tree.topNode.firstChild;
  return top === null ? { kind: 'all' } : build(top, { text: clean, ...options });
}

const TERMS = new Set(['Text', 'Quoted', 'Value', 'Regex', 'Comparison', 'Range']);

/** Terms must be few, and be set apart: `/a/b` or `"a"b` would mean two terms where one was meant. */
function checkTerms(text: string, top: SyntaxNode): void {
  let count = 0;
  let end = -1;
  const cursor = top.cursor();
  let more = cursor.next();
  while (more) {
    const isTerm = TERMS.has(cursor.name);
    if (isTerm || cursor.name === 'FieldName') {
      if (cursor.from === end) {
        const where = ['a space before it', 'quotes around the whole value'];
        throw new QuerySyntaxError('a term follows without a space', cursor.from, cursor.to, where);
      }
      if (isTerm) end = cursor.to;
      if (isTerm && ++count > QUERY_LIMITS.terms) {
        const limit = `at most ${QUERY_LIMITS.terms} terms`;
        throw new QuerySyntaxError('the query has too many terms', cursor.from, text.length, [
          limit,
        ]);
      }
    }
    more = cursor.next(!isTerm);
  }
}

type Context = BuildOptions & { readonly text: string };

function build(node: SyntaxNode, context: Context): Query {
  switch (node.name) {
    case 'OrExpression':
      return anyOf(operands(node, context));
    case 'AndExpression':
      return allOf(operands(node, context));
    case 'NotExpression':
      return buildNot(node, context);
    case 'Group':
      return allOf(operands(node, context));
    case 'FieldTerm':
      return buildField(node, context);
    default:
      return buildText(node, context.text);
  }
}

const OPERATORS = new Set(['And', 'Or', 'Not', 'Minus', '(', ')']);

function operands(node: SyntaxNode, context: Context): Query[] {
  return children(node)
    .filter((child) => !OPERATORS.has(child.name))
    .map((child) => build(child, context));
}

function buildNot(node: SyntaxNode, context: Context): Query {
  const parts = children(node);
  const operand = allOf(operands(node, context));
  // Every child but the last is a NOT.
  return parts.length % 2 === 1 ? operand : { kind: 'not', operand };
}

function buildText(node: SyntaxNode, text: string): Query {
  const quoted = node.name === 'Quoted';
  return messageTerm(literalParts(textOf(node, text), quoted));
}

function buildField(node: SyntaxNode, context: Context): Query {
  const [name, , value] = children(node);
  if (name === undefined || value === undefined)
    throw new TypeError('a field term has three parts');
  const field: FieldContext = { ...context, field: fieldPath(fieldNameOf(name, context.text)) };
  return buildFieldValue(value, field);
}

function fieldNameOf(node: SyntaxNode, text: string): string {
  return literalParts(textOf(node, text), false).join('*');
}
