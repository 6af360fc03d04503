import type { MessageTerm } from './ast.ts';
import { foldCase } from './fold-case.ts';

/** Literal parts that occur in order in the folded message, and whether the ends must be those of words. */
export interface MessageParts {
  readonly parts: readonly string[];
  readonly wordStart: boolean;
  readonly wordEnd: boolean;
}

const STARTS = /^[\p{L}\p{N}_]/u;
const ENDS = /[\p{L}\p{N}_]$/u;

/** The terms that are substrings, with gaps or at a word's end, in one form. */
export function messageParts(
  term: Exclude<MessageTerm, { kind: 'phrase' | 'message-equals' }>,
): MessageParts {
  switch (term.kind) {
    case 'message-contains':
      return { parts: [foldCase(term.text)], wordStart: false, wordEnd: false };
    case 'word-affix': {
      const prefix = term.affix === 'prefix';
      return bounded([foldCase(term.text)], prefix, !prefix);
    }
    case 'message-wildcard': {
      const start = term.parts[0] !== '';
      const end = term.parts[term.parts.length - 1] !== '';
      return bounded(term.parts.filter((part) => part !== '').map(foldCase), start, end);
    }
  }
}

/** An end that is no character of a word is at a word's end wherever it stands. */
function bounded(parts: readonly string[], start: boolean, end: boolean): MessageParts {
  const first = parts[0] ?? '';
  const last = parts[parts.length - 1] ?? '';
  return { parts, wordStart: start && STARTS.test(first), wordEnd: end && ENDS.test(last) };
}
