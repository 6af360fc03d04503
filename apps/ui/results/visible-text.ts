const ESCAPE = String.fromCodePoint(0x1b);
/** SGR and other CSI sequences of terminals: no character of theirs is for reading. */
const TERMINAL_SEQUENCES = new RegExp(`${ESCAPE}\\[[0-9;:?]*[ -/]*[@-~]`, 'gu');
/**
 * Control characters but tab and line feed, format characters (those that turn the direction too), separators. Joiners
 * (U+200C, U+200D) belong to the spelling of Persian, Hindi and emoji; within ASCII they would only hide.
 */
const INVISIBLE =
  /(?![\t\n])[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|(?<=^|\p{ASCII})[\u200c\u200d](?=\p{ASCII}|$)/gu;

/**
 * Text of a log for the screen: terminal colours taken out, control characters and those that turn the
 * direction of writing shown as symbols, so that a line can neither hide nor reorder anything.
 */
export function visibleText(text: string): string {
  return text.replace(TERMINAL_SEQUENCES, '').replace(INVISIBLE, symbol);
}

function symbol(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x0d ? '' : String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}
