import type { SyntaxNode } from '@lezer/common';
import type { Query } from './ast.ts';
import { fieldPath } from './field-names.ts';
import { foldCase } from './fold-case.ts';
import { parser } from './grammar/parser.ts';
import { children, textOf } from './nodes.ts';
import { literalParts } from './pattern-text.ts';
import { messageTerm } from './terms.ts';

/** What to mark in a message: words one after the other, or a text; both folded by `foldCase`. */
export type HighlightTerm =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'text'; readonly text: string };

/**
 * What a matching event's message shows of a query's text, as far as that can be read; what is negated and what is
 * a regular expression is not in it.
 */
export function highlightTerms(text: string): readonly HighlightTerm[] {
  const found: HighlightTerm[] = [];
  visit(parser.parse(text).topNode, text, found);
  return found;
}

const NEGATIONS = new Set(['NotExpression', 'ValueNot']);
const VALUES = new Set(['Text', 'Quoted', 'Value']);

function visit(node: SyntaxNode, text: string, found: HighlightTerm[]): void {
  if (NEGATIONS.has(node.name)) return;
  if (VALUES.has(node.name)) {
    found.push(...ofTerm(messageTerm(literalParts(textOf(node, text), node.name === 'Quoted'))));
  } else if (node.name === 'FieldTerm') {
    const [name, ...rest] = children(node);
    if (name !== undefined && isMessage(text.slice(name.from, name.to))) {
      for (const child of rest) visit(child, text, found);
    }
  } else {
    for (const child of children(node)) visit(child, text, found);
  }
}

function isMessage(name: string): boolean {
  const field = fieldPath(name);
  return typeof field !== 'string' && field.kind === 'column' && field.name === 'message';
}

function ofTerm(term: Query): HighlightTerm[] {
  switch (term.kind) {
    case 'phrase':
      return [{ kind: 'words', words: term.words }];
    case 'message-contains':
    case 'word-affix':
      return [{ kind: 'text', text: term.text }];
    case 'message-wildcard':
      return term.parts.filter((part) => part !== '').map((part) => ({ kind: 'text', text: part }));
    default:
      return [];
  }
}

/** A stretch of a message to mark, in UTF-16 units; `to` is exclusive. */
export interface HighlightRange {
  readonly from: number;
  readonly to: number;
}

const WORD = /[\p{L}\p{N}_]+/gu;

/** Where the terms stand in a message, in order and without overlap. */
export function highlightRanges(
  message: string,
  terms: readonly HighlightTerm[],
): readonly HighlightRange[] {
  const folded = foldCase(message);
  // Where folding changes lengths, places in the folded text are none in the message.
  if (folded.length !== message.length) return [];
  const words = [...folded.matchAll(WORD)].map((match) => ({ word: match[0], from: match.index }));
  const found = terms.flatMap((term) =>
    term.kind === 'text' ? textRanges(folded, term.text) : wordRanges(words, term.words),
  );
  return withoutOverlap(found);
}

function textRanges(folded: string, text: string): HighlightRange[] {
  const found: HighlightRange[] = [];
  if (text === '') return found;
  for (let at = folded.indexOf(text); at >= 0; at = folded.indexOf(text, at + text.length)) {
    found.push({ from: at, to: at + text.length });
  }
  return found;
}

interface PlacedWord {
  readonly word: string;
  readonly from: number;
}

function wordRanges(words: readonly PlacedWord[], wanted: readonly string[]): HighlightRange[] {
  const found: HighlightRange[] = [];
  for (let at = 0; at + wanted.length <= words.length; at++) {
    const first = words[at];
    const last = words[at + wanted.length - 1];
    const matches = wanted.every((word, offset) => words[at + offset]?.word === word);
    if (matches && first !== undefined && last !== undefined) {
      found.push({ from: first.from, to: last.from + last.word.length });
    }
  }
  return found;
}

function withoutOverlap(ranges: HighlightRange[]): HighlightRange[] {
  const merged: HighlightRange[] = [];
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    const previous = merged[merged.length - 1];
    if (previous === undefined || range.from > previous.to) merged.push(range);
    else merged[merged.length - 1] = { from: previous.from, to: Math.max(previous.to, range.to) };
  }
  return merged;
}
