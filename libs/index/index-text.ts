import { exceedsBytes, forEachWord } from '#event';
import { foldCase } from '#query';

/** A longer message stays out of the index: it would cost more than it helps, and holds few rare words. */
export const MAX_MESSAGE_BYTES = 8 * 1024;
/** UTF-16 units. The backend drops words beyond 250 bytes; a letter of these scripts takes at most 3. */
const MAX_PIECE = 80;

/**
 * Letters of the scripts that every tokenizer cuts at spaces alone, whatever stands around a word, and one script in
 * a word. Others, such as Han or Thai, are cut by dictionaries, and words of several scripts between these, so the
 * pieces of a word would depend on its neighbours.
 */
const PLAIN = /^(?:[0-9\p{Script=Latin}]+|\p{Script=Cyrillic}+|\p{Script=Greek}+)$/u;
const ASCII = /^[0-9a-z]+$/;
/** Numbers and identifiers, of which each message may have others: they would make the dictionary grow without end. */
const NUMBERED = /[0-9]{5}/;
const HEXADECIMAL = /^(?:0x)?[0-9a-f]{8,}$/;

/**
 * The copy of a message for the index: its pieces of words in order, case folded, separated by spaces; null for a
 * message that stays out. Whatever is no letter or digit is gone, so that a backend cuts it as we do; `_` separates.
 *
 * Masked (left out of the copy) are pieces with five digits in a row, hexadecimal ones of eight and more, those of
 * scripts that are not cut at spaces or of several scripts, and those of more than 80 characters. Events whose message matches a query on
 * such a word are found in Postgres only; `indexedWords` says what can be asked of the index.
 */
export function indexText(message: string): string | null {
  if (exceedsBytes(message, MAX_MESSAGE_BYTES)) return null;
  const kept: string[] = [];
  forEachWord(foldCase(message), (word) => {
    for (const piece of piecesOf(word)) kept.push(piece);
  });
  return kept.join(' ');
}

/**
 * What the index can be asked for the words of a query (each as `words` gives it), in their order and each once: every
 * message in the index that holds all the words as whole words has all of these in its copy. Empty: nothing, for
 * all of them are masked.
 */
export function indexedWords(words: readonly string[]): readonly string[] {
  // Not cut again: the lower case of İ is no word, but the word that has it was one.
  return [...new Set(words.flatMap((word) => piecesOf(foldCase(word))))];
}

function piecesOf(word: string): readonly string[] {
  if (!word.includes('_')) return isMasked(word) ? [] : [word];
  return word.split('_').filter((piece) => piece !== '' && !isMasked(piece));
}

function isMasked(piece: string): boolean {
  if (piece.length > MAX_PIECE) return true;
  if (!ASCII.test(piece) && !PLAIN.test(piece)) return true;
  return NUMBERED.test(piece) || HEXADECIMAL.test(piece);
}
