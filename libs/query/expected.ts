import type { SyntaxNode } from '@lezer/common';
import { QuerySyntaxError } from './syntax-error.ts';

export function expectedAt(text: string, error: SyntaxNode): QuerySyntaxError {
  return new QuerySyntaxError(`${text.slice(error.from, error.from + 1)} is unexpected`, error.from, Math.max(error.to, error.from), []);
}
