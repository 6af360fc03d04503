import type { FieldTerm } from '../ast.ts';
import { numberOf } from '../number-text.ts';
import { conjunction, type Condition, type Target } from './condition.ts';

/**
 * A term on `metadata.<path>`, whose JSON is text in a columnar file. What the text of a matching event contains is
 * asked for, which needs no parsing of JSON; each row is checked by the predicate.
 */
export function duckdbMetadataCondition(
  term: FieldTerm,
  path: readonly string[],
  { bind }: Target,
): Condition {
  const holds = (text: string) => `contains(metadata, ${bind(JSON.stringify(text))})`;
  const keys = [...new Set([path.at(-1) ?? '', path.join('.')])].map(holds);
  const named = keys.length === 1 ? (keys[0] ?? '') : `(${keys.join(' OR ')})`;
  const value = spelledAlike(term);
  return { sql: conjunction(value === null ? [named] : [named, holds(value)]), exact: false };
}

/** The text that the JSON of a match spells as a string, or null where other spellings match too. */
function spelledAlike(term: FieldTerm): string | null {
  if (term.kind !== 'equals' || term.ignoreCase) return null;
  const { value } = term;
  return value === 'true' || value === 'false' || numberOf(value) !== null ? null : value;
}
