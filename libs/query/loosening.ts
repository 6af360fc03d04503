import type { SyntaxNode } from '@lezer/common';
import { canonicalFieldName, FIELD_NAMES } from './field-names.ts';
import { parser } from './grammar/parser.ts';
import { fromLogql } from './logql.ts';
import { children } from './nodes.ts';

/** A word or phrase that every matching message must have, or must not, by its place in a query's text. */
export interface QueryWord {
  /** As it is written, with its NOT or minus. */
  readonly text: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The words and phrases that are ANDed at the top of a query; empty where its syntax is wrong. */
export function listWords(text: string): readonly QueryWord[] {
  const top = parsed(text)?.firstChild ?? null;
  if (top === null) return [];
  const operands = top.name === 'AndExpression' ? children(top) : [top];
  return operands
    .filter((node) => isWord(node.name === 'NotExpression' ? node.lastChild : node))
    .map(({ from, to }) => ({ text: text.slice(from, to), from, to }));
}

function isWord(node: SyntaxNode | null): boolean {
  return node?.name === 'Text' || node?.name === 'Quoted';
}

const WORD_OPERATORS: Readonly<Record<string, string>> = {
  and: 'AND',
  or: 'OR',
  not: 'NOT',
  '&&': 'AND',
  '||': 'OR',
  '!': 'NOT',
};
/** `name=value`, `name == value`, `name>=5`, also with spaces around the sign. */
const COMPARISON =
  /(?<=^|[\s(])([\p{L}_@][\p{L}\p{N}_.@-]*)\s*(===?|=|!=|>=|<=|>|<)\s*(?=[\p{L}\p{N}"])/gu;
const EXISTS = /(?<=^|[\s(!-])_exists_:\s*([\p{L}_@][\p{L}\p{N}_.@-]*)/gu;

/**
 * A query that is written as another product or a word processor writes it, as this language does: `a and b`, `a && !b`,
 * `level = error`, `_exists_:x`, `Level:error`, curly quotes, LogQL. Null where there is no difference, or where it would be no
 * query. A guess, since every one of these texts may also be meant as words: for a search that finds nothing.
 */
export function rewriteForeign(text: string): string | null {
  const logql = fromLogql(text);
  if (logql === null) return rewriteSigns(text);
  const words = rewriteSigns(logql.words) ?? logql.words;
  const rewritten = [...logql.terms, words].join(' ').trim();
  return rewritten === '' || parsed(rewritten) === null ? null : rewritten;
}

function rewriteSigns(text: string): string | null {
  const compared = text
    .replace(/[\u201c-\u201f]/gu, '"')
    .replace(EXISTS, '$1:*')
    .replace(COMPARISON, (_, name: string, sign: string) =>
      sign === '!=' ? `-${name}:` : `${name}:${/^=+$/.test(sign) ? '' : sign}`,
    );
  const tree = parsed(compared);
  if (tree === null) return null;
  const parts: string[] = [];
  let end = 0;
  tree.cursor().iterate((node) => {
    const written = compared.slice(node.from, node.to);
    const replaced = replacement(node.name, written);
    if (replaced === null || replaced === written) return;
    parts.push(compared.slice(end, node.from), replaced);
    end = node.to;
  });
  const rewritten = parts.join('') + compared.slice(end);
  return rewritten === text || parsed(rewritten) === null ? null : rewritten;
}

/** Of a token; null where it stays. */
function replacement(kind: string, written: string): string | null {
  if (kind === 'Text')
    return WORD_OPERATORS[written.toLowerCase()] ?? written.replace(/^!(?=.)/u, '-');
  if (kind !== 'FieldName') return null;
  const negated = written.startsWith('!');
  const name = negated ? written.slice(1) : written;
  return `${negated ? '-' : ''}${knownSpelling(name)}`;
}

/** Names of fields count upper and lower case. */
function knownSpelling(name: string): string {
  if (FIELD_NAMES.includes(canonicalFieldName(name))) return name;
  const folded = name.toLowerCase();
  return FIELD_NAMES.find((known) => known.toLowerCase() === folded) ?? name;
}

function parsed(text: string): SyntaxNode | null {
  const tree = parser.parse(text);
  const errors: number[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(node.from);
    },
  });
  return errors.length > 0 ? null : tree.topNode;
}
