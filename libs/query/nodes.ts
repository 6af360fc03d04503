import type { SyntaxNode } from '@lezer/common';

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

/** The text of a node; of a quoted one what stands between the quotes. */
export function textOf(node: SyntaxNode, text: string): string {
  return node.name === 'Quoted' || node.name === 'Regex'
    ? text.slice(node.from + 1, node.to - 1)
    : text.slice(node.from, node.to);
}
