const WORD = /[\p{L}\p{N}_]+/gu;

/** 1 for the ASCII characters of a word. */
const ASCII_WORD = new Uint8Array(128);
for (const character of '0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
  ASCII_WORD[character.charCodeAt(0)] = 1;
}

/**
 * The words of a text in order: runs of `[\p{L}\p{N}_]`, each lower-cased. The one definition of a word, for
 * queries, for the predicate and for the skip index.
 */
export function words(text: string): string[] {
  const found: string[] = [];
  forEachWord(text, (word) => found.push(word));
  return found;
}

/** Visits the words of a text in order, without an array for them. */
export function forEachWord(text: string, visit: (word: string) => void): void {
  if (!isAscii(text)) {
    for (const match of text.matchAll(WORD)) visit(match[0].toLowerCase());
    return;
  }
  const lower = text.toLowerCase();
  let start = -1;
  for (let at = 0; at < lower.length; at++) {
    const inWord = ASCII_WORD[lower.charCodeAt(at)] === 1;
    if (inWord) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      visit(lower.slice(start, at));
      start = -1;
    }
  }
  if (start >= 0) visit(lower.slice(start));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 127) return false;
  }
  return true;
}
