import type { SyntaxNode, Tree } from '@lezer/common';
import { expectedAt } from './expected.ts';
import { parser } from './grammar/parser.ts';
import { QUERY_LIMITS } from './limits.ts';
import { QuerySyntaxError } from './syntax-error.ts';

/**
 * The syntax tree of a query without errors in it.
 * @throws QuerySyntaxError
 */
export function parseTree(text: string): Tree {
  checkSize(text);
  checkDepth(text);
  const tree = parser.parse(text);
  const error = firstError(tree);
  if (error !== null) throw expectedAt(text, error);
  return tree;
}

function checkSize(text: string): void {
  if (new TextEncoder().encode(text).length <= QUERY_LIMITS.textBytes) return;
  const limit = `at most ${QUERY_LIMITS.textBytes} bytes`;
  throw new QuerySyntaxError('the query is too long', 0, text.length, [limit]);
}

/** Counts before parsing, since building a deep tree would need a deep stack. */
function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === '(' && ++depth > QUERY_LIMITS.depth) {
      const limit = `at most ${QUERY_LIMITS.depth} parentheses within each other`;
      throw new QuerySyntaxError('the query is too deep', at, at + 1, [limit]);
    }
  }
}

function firstError(tree: Tree): SyntaxNode | null {
  let first: SyntaxNode | null = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && (first === null || node.from < first.from)) first = node.node;
      return !node.type.isError;
    },
  });
  return first;
}
