import type { FieldTerm, RangeBound } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { conjunction, exactly, type Bind, type Condition } from './condition.ts';
import { likeLiteral } from './like.ts';
import { containsFolded, equalsFolded } from './message.ts';
import { regexCondition } from './regex.ts';

/** A condition on the text of a value, given as an SQL expression. */
export function textCondition(
  term: Exclude<FieldTerm, { kind: 'exists' }>,
  expression: string,
  bind: Bind,
): Condition {
  switch (term.kind) {
    case 'equals':
      return term.ignoreCase
        ? exactly(equalsFolded(expression, foldCase(term.value), bind))
        : exactly(`${expression} = ${bind(term.value)}`);
    case 'wildcard': {
      const like = term.parts.map(likeLiteral).join('%');
      return exactly(`${expression} COLLATE "C" LIKE ${bind(like)}`);
    }
    case 'contains':
      return exactly(containsFolded(expression, foldCase(term.text), bind));
    case 'range':
      return exactly(range(expression, term.low, term.high, bind));
    case 'regex':
      return regexCondition(term.pattern, expression, bind);
  }
}

/** By the order of code points, which collation "C" has. */
function range(
  expression: string,
  low: RangeBound | null,
  high: RangeBound | null,
  bind: Bind,
): string {
  const ends: string[] = [];
  const text = `${expression} COLLATE "C"`;
  if (low !== null) ends.push(`${text} ${low.inclusive ? '>=' : '>'} ${bind(low.value)}`);
  if (high !== null) ends.push(`${text} ${high.inclusive ? '<=' : '<'} ${bind(high.value)}`);
  return conjunction(ends);
}
