/** Values that mean themselves without quotes. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.@/-]*$/u;
const KEYWORD = /^(?:AND|OR|NOT|TO)$/;

/** A value as a query writes it, in quotes and with `\` where it needs them, so that it means exactly itself. */
export function quoteValue(value: string): string {
  if (PLAIN.test(value) && !KEYWORD.test(value)) return value;
  return inQuotes(value);
}

/** A text between quotes, which means exactly itself: as a term of its own, a phrase. */
export function inQuotes(text: string): string {
  return `"${text.replace(/[*"\\]/gu, String.raw`\$&`)}"`;
}

/** A field name as a query writes it. */
export function quoteFieldName(name: string): string {
  const escaped = name.replace(/[^\p{L}\p{N}_.@-]/gu, String.raw`\$&`);
  return escaped.startsWith('-') ? `\\${escaped}` : escaped;
}
