import type { SyntaxNode } from '@lezer/common';
import { canonicalFieldName } from './field-names.ts';
import { wholeValues } from './filter-values.ts';
import { parser } from './grammar/parser.ts';
import { children, textOf } from './nodes.ts';
import { literalParts } from './pattern-text.ts';
import { quoteFieldName, quoteValue } from './quote-value.ts';

/** A field's condition that every matching event must meet, as it stands in a query's text. */
export interface QueryFilter {
  /** Canonical name. */
  readonly field: string;
  /** The condition as it is written after the colon. */
  readonly text: string;
  /** The value where the condition is one whole value, else null. */
  readonly value: string | null;
  /** The values where the condition is one, or several with OR between them, else null. */
  readonly values: readonly string[] | null;
  readonly negated: boolean;
  /** Where the condition itself begins, after its NOT or minus. */
  readonly termFrom: number;
  /** Its place in the query's text with its NOT or minus, in UTF-16 units; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

/** The field conditions that are ANDed at the top of a query; empty where its syntax is wrong. */
export function listFilters(text: string): readonly QueryFilter[] {
  const top = topExpression(text);
  if (top === null) return [];
  const operands = top.name === 'AndExpression' ? children(top) : [top];
  return operands.flatMap((operand) => filterOf(operand, text));
}

function topExpression(text: string): SyntaxNode | null {
  const tree = parser.parse(text);
  const errors: number[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(node.from);
    },
  });
  return errors.length > 0 ? null : tree.topNode.firstChild;
}

function filterOf(node: SyntaxNode, text: string): QueryFilter[] {
  const parts = children(node);
  const term = node.name === 'NotExpression' ? parts[parts.length - 1] : node;
  if (term?.name !== 'FieldTerm') return [];
  const [name, , value] = children(term);
  if (name === undefined || value === undefined) return [];
  const values = wholeValues(value, text);
  return [
    {
      field: canonicalFieldName(literalParts(textOf(name, text), false).join('*')),
      text: text.slice(value.from, value.to),
      value: value.name === 'ValueGroup' ? null : (values?.[0] ?? null),
      values,
      negated: term !== node && parts.length % 2 === 0,
      termFrom: term.from,
      from: node.from,
      to: node.to,
    },
  ];
}

/**
 * The query with a condition on one value added. The opposite condition goes, and a query that is one already
 * stays as it is.
 */
export function addFilter(text: string, field: string, value: string, negate: boolean): string {
  const name = canonicalFieldName(field);
  const same = listFilters(text).filter(
    (filter) => filter.field === name && filter.value === value,
  );
  if (same.some((filter) => filter.negated === negate)) return text;
  let rest = text;
  for (const filter of [...same].reverse()) rest = removeFilter(rest, filter);
  return addTerm(rest, `${negate ? '-' : ''}${quoteFieldName(name)}:${quoteValue(value)}`);
}

/** What is added is ANDed, which binds before OR. */
function asOperand(text: string): string {
  return topExpression(text)?.name === 'OrExpression' ? `(${text.trim()})` : text.trimEnd();
}

/** The query without a condition that `listFilters` gave for it. */
export function removeFilter(text: string, filter: Pick<QueryFilter, 'from' | 'to'>): string {
  const before = text.slice(0, filter.from).trimEnd();
  const after = text.slice(filter.to).trimStart();
  // One of the ANDs around it goes with it.
  const shorterAfter = after.replace(/^AND(?=[\s(-])\s*/u, '');
  const shorterBefore = after === '' ? before.replace(/(?<=^|[\s)])AND$/u, '').trimEnd() : before;
  return [shorterBefore, shorterAfter].filter((part) => part !== '').join(' ');
}

/** The query with the opposite of a condition that `listFilters` gave for it, in the same place. */
export function negateFilter(text: string, filter: QueryFilter): string {
  const term = text.slice(filter.termFrom, filter.to);
  return `${text.slice(0, filter.from)}${filter.negated ? '' : '-'}${term}${text.slice(filter.to)}`;
}

/** The query with a condition added that stands as it is written, like one that was taken out before. */
export function addTerm(text: string, term: string): string {
  return text.trim() === '' ? term : `${asOperand(text)} ${term}`;
}

/**
 * The query with a field asked to have one of some values, whatever it was asked to be before; without values,
 * nothing. What excludes one of them goes.
 */
export function setFilter(text: string, field: string, values: readonly string[]): string {
  const name = canonicalFieldName(field);
  const givesWay = ({ negated, values: excluded }: QueryFilter): boolean =>
    !negated || excluded?.some((value) => values.includes(value)) === true;
  const same = listFilters(text).filter((filter) => filter.field === name && givesWay(filter));
  let rest = text;
  for (const filter of [...same].reverse()) rest = removeFilter(rest, filter);
  const [first, ...others] = values.map(quoteValue);
  if (first === undefined) return rest;
  const condition = others.length === 0 ? first : `(${[first, ...others].join(' OR ')})`;
  return addTerm(rest, `${quoteFieldName(name)}:${condition}`);
}
