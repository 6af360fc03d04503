/** SGR and other CSI sequences of terminals: no character of theirs is for reading. */
// eslint-disable-next-line no-control-regex -- ESC is what these sequences begin with
const TERMINAL_SEQUENCES = /\u001b\[[0-9;:?]*[ -/]*[@-~]/g;
// eslint-disable-next-line no-control-regex -- the invisible characters are the point
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

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
