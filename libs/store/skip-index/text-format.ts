/** How texts in UTF-8 follow each other. */
export interface TextFormat {
  /** The byte behind each, but for the last. */
  readonly end: number;
  /** The byte that gives the one behind it another meaning. */
  readonly escape: number;
}

const NO_ESCAPE = -1;

/** NUL between them, which no text holds. */
export const GATHERED: TextFormat = { end: 0, escape: NO_ESCAPE };

/** Columns in the text format of COPY (https://www.postgresql.org/docs/18/sql-copy.html). */
export const COPIED: TextFormat = { end: '\t'.charCodeAt(0), escape: '\\'.charCodeAt(0) };

const NULL_LETTER = 'N'.charCodeAt(0);

/** What letters behind a backslash stand for in COPY; others stand for themselves. */
const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Where the text that a position is in ends. */
export function endOf(bytes: Uint8Array, at: number, { end }: TextFormat): number {
  const found = bytes.indexOf(end, at);
  return found < 0 ? bytes.length : found;
}

/** Whether it is `\N`, which COPY writes for NULL. */
export function isNull(
  bytes: Uint8Array,
  start: number,
  end: number,
  { escape }: TextFormat,
): boolean {
  return end - start === 2 && bytes[start] === escape && bytes[start + 1] === NULL_LETTER;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function textOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  { escape }: TextFormat,
): string {
  const text = utf8.decode(bytes.subarray(start, end));
  if (escape === NO_ESCAPE || !text.includes('\\')) return text;
  return text.replaceAll(/\\(.)/gsu, (_, letter: string) => ESCAPED[letter] ?? letter);
}
