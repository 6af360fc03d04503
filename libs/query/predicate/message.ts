import type { MessageTerm } from '../ast.ts';
import { foldCase } from '../fold-case.ts';
import { messageParts, type MessageParts } from '../message-parts.ts';

type TextPredicate = (text: string) => boolean;

const WORD = String.raw`[\p{L}\p{N}_]`;
const GAP = String.raw`[^\p{L}\p{N}_]+`;
const ENDS_IN_WORD = new RegExp(`${WORD}$`, 'u');
const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, 'u');

export function messagePredicate(term: MessageTerm): TextPredicate {
  switch (term.kind) {
    case 'phrase':
      return phrasePredicate(term.words);
    case 'message-equals': {
      const wanted = foldCase(term.text);
      return (message) => foldCase(message) === wanted;
    }
    default:
      return partsPredicate(messageParts(term));
  }
}

function phrasePredicate(words: readonly string[]): TextPredicate {
  const [first = ''] = words;
  // The words hold nothing but [\p{L}\p{N}_], so none of their characters is special in a pattern.
  const pattern = new RegExp(`(?<!${WORD})${words.join(GAP)}(?!${WORD})`, 'u');
  return (message) => {
    const folded = foldCase(message);
    return folded.includes(first) && pattern.test(folded);
  };
}

function partsPredicate(wanted: MessageParts): TextPredicate {
  const { parts, wordStart } = wanted;
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  return (message) => {
    const text = foldCase(message);
    if (last === undefined) return findPart(text, first, 0, wanted) >= 0;
    let at = findPart(text, first, 0, { wordStart, wordEnd: false });
    if (at < 0) return false;
    at += first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return findPart(text, last, at, { wordStart: false, wordEnd: wanted.wordEnd }) >= 0;
  };
}

/** Where the part stands first, at or after a place, with its ends at those of words where that is asked. */
function findPart(
  text: string,
  part: string,
  from: number,
  ends: Pick<MessageParts, 'wordStart' | 'wordEnd'>,
): number {
  for (let at = text.indexOf(part, from); at >= 0; at = text.indexOf(part, at + 1)) {
    const startFits = !ends.wordStart || !ENDS_IN_WORD.test(text.slice(Math.max(0, at - 2), at));
    const end = at + part.length;
    if (startFits && (!ends.wordEnd || !BEGINS_WITH_WORD.test(text.slice(end, end + 2)))) return at;
  }
  return -1;
}
