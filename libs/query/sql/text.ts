import type { FieldTerm, RangeBound } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { conjunction, exactly, type Condition, type Target } from './condition.ts';
import { containsFolded, equalsFolded } from './folded-text.ts';
import { likeLiteral } from './like.ts';
import { regexCondition } from './regex.ts';

/** A condition on the text of a value, given as an SQL expression. */
export function textCondition(
  term: Exclude<FieldTerm, { kind: 'exists' }>,
  expression: string,
  target: Target,
): Condition {
  const { bind, dialect } = target;
  switch (term.kind) {
    case 'equals':
      return term.ignoreCase
        ? exactly(equalsFolded(expression, foldCase(term.value), target))
        : exactly(`${expression} = ${bind(term.value)}`);
    case 'wildcard': {
      const like = term.parts.map(likeLiteral).join('%');
      return exactly(dialect.like(expression, bind(like)));
    }
    case 'contains':
      return exactly(containsFolded(expression, [foldCase(term.text)], target));
    case 'range':
      return exactly(range(expression, term.low, term.high, target));
    case 'regex':
      return regexCondition(term.pattern, expression, target);
  }
}

/** By the order of code points. */
function range(
  expression: string,
  low: RangeBound | null,
  high: RangeBound | null,
  { bind, dialect }: Target,
): string {
  const ends: string[] = [];
  const text = dialect.ordered(expression);
  if (low !== null) ends.push(`${text} ${low.inclusive ? '>=' : '>'} ${bind(low.value)}`);
  if (high !== null) ends.push(`${text} ${high.inclusive ? '<=' : '<'} ${bind(high.value)}`);
  return conjunction(ends);
}
