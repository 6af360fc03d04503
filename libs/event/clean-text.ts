const NUL = '\0';
const REPLACEMENT = '\uFFFD';

/** The text with U+FFFD for what Postgres refuses: NUL and lone surrogates. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes(NUL) ? wellFormed.replaceAll(NUL, REPLACEMENT) : wellFormed;
}

/** Whether the UTF-8 form of a text is larger than so many bytes. */
export function exceedsBytes(text: string, limit: number): boolean {
  // No UTF-16 unit takes more than 3 bytes, so short texts need no counting.
  return text.length * 3 > limit && Buffer.byteLength(text, 'utf8') > limit;
}
