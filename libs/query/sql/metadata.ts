import type { FieldTerm, RangeBound } from '../ast.ts';
import { compareText, withinBounds } from '../compare-text.ts';
import { numberOf, numberText } from '../number-text.ts';
import { exactly, type Condition, type Target } from './condition.ts';
import { textCondition } from './text.ts';

/**
 * A term on `metadata.<path>`. Lax jsonpath steps through arrays by itself, as the predicate does: one level at
 * each step. Values are written into the bound path as JSON, which jsonpath reads.
 */
export function metadataCondition(
  term: FieldTerm,
  path: readonly string[],
  target: Target,
): Condition {
  const filter = jsonpathFilter(term);
  if (filter === null) return onElements(term, path, target);
  const conditions = accessors(path).map((accessor) => {
    const jsonpath = `${accessor} ? (${filter})`;
    return `metadata @? ${target.bind(jsonpath)}::jsonpath`;
  });
  return exactly(anyOf(conditions));
}

/** The nested path, and the flat key where the path has several steps. */
function accessors(path: readonly string[]): string[] {
  const nested = `$${path.map((key) => `.${JSON.stringify(key)}`).join('')}[*]`;
  return path.length === 1 ? [nested] : [nested, `$.${JSON.stringify(path.join('.'))}[*]`];
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' OR ')})`;
}

/** The term as a jsonpath filter, or null where jsonpath cannot say it. */
function jsonpathFilter(term: FieldTerm): string | null {
  if (term.kind === 'exists') return '@ != null';
  if (term.kind === 'equals' && !term.ignoreCase) return equals(term.value);
  if (term.kind === 'range') return range(term.low, term.high);
  return null;
}

function equals(value: string): string {
  const alternatives = [`@ == ${JSON.stringify(value)}`];
  const number = numberOf(value);
  if (number !== null) alternatives.push(`@ == ${numberText(number)}`);
  if (value === 'true' || value === 'false') alternatives.push(`@ == ${value}`);
  return alternatives.join(' || ');
}

/** Only numbers within numbers: the text of a number is beyond jsonpath. */
function range(low: RangeBound | null, high: RangeBound | null): string | null {
  const bounds = [low, high].filter((bound) => bound !== null);
  const numbers = bounds.map((bound) => numberOf(bound.value));
  if (numbers.includes(null)) return null;
  const alternatives = [
    within(low, high, (bound) => numberText(numberOf(bound.value) ?? 0)),
    within(low, high, (bound) => JSON.stringify(bound.value)),
  ];
  for (const text of ['true', 'false']) {
    if (withinBounds(low, high, (bound) => compareText(text, bound))) {
      alternatives.push(`@ == ${text}`);
    }
  }
  return alternatives.map((alternative) => `(${alternative})`).join(' || ');
}

function within(
  low: RangeBound | null,
  high: RangeBound | null,
  write: (bound: RangeBound) => string,
): string {
  const ends: string[] = [];
  if (low !== null) ends.push(`@ ${low.inclusive ? '>=' : '>'} ${write(low)}`);
  if (high !== null) ends.push(`@ ${high.inclusive ? '<=' : '<'} ${write(high)}`);
  return ends.join(' && ');
}

/** Any scalar at the path whose text meets the condition. */
function onElements(term: FieldTerm, path: readonly string[], target: Target): Condition {
  if (term.kind === 'exists') throw new TypeError('exists is a jsonpath filter');
  const conditions = accessors(path).map((accessor) => {
    const text = `(element.value #>> '{}')`;
    const holds = textCondition(term, text, target);
    const scalar = `jsonb_typeof(element.value) IN ('string', 'number', 'boolean')`;
    return {
      exact: holds.exact,
      sql:
        `EXISTS (SELECT FROM jsonb_path_query(metadata, ${target.bind(accessor)}::jsonpath) ` +
        `AS element (value) WHERE ${scalar} AND ${holds.sql})`,
    };
  });
  return {
    sql: anyOf(conditions.map((condition) => condition.sql)),
    exact: conditions.every((condition) => condition.exact),
  };
}
