import type { SyntaxNode } from '@lezer/common';
import { children, textOf } from './nodes.ts';
import { literalParts } from './pattern-text.ts';

/** The values of a condition that is one whole value, or several with OR between them; null for any other condition. */
export function wholeValues(node: SyntaxNode, text: string): readonly string[] | null {
  if (node.name === 'Value' || node.name === 'Quoted') {
    const parts = literalParts(textOf(node, text), node.name === 'Quoted');
    const [value] = parts;
    return parts.length === 1 && value !== undefined ? [value] : null;
  }
  if (node.name !== 'ValueGroup' && node.name !== 'ValueOr') return null;
  const operands = children(node).filter((child) => !PUNCTUATION.has(child.name));
  const values = operands.map((operand) => wholeValues(operand, text));
  return values.includes(null) ? null : values.flatMap((each) => each ?? []);
}

const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', 'Or']);
