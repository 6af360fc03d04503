/** How texts in UTF-8 follow each other: one of the two below. */
export interface TextFormat {
  /** The byte behind each, but for the last. */
  readonly end: number;
  /** The byte that gives the one behind it another meaning; -1: none does. */
  readonly escape: number;
  /** The byte behind that one which says that there is no text; -1: none does. */
  readonly absent: number;
  /** What a text that was written so stands for. */
  readonly meaning: (written: string) => string | null;
}

/** NUL between them, which no text holds. */
export const GATHERED: TextFormat = {
  end: 0,
  escape: -1,
  absent: -1,
  meaning: (written) => written,
};

/** What letters behind a backslash stand for in COPY; others stand for themselves. */
const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Columns in the text format of COPY (https://www.postgresql.org/docs/18/sql-copy.html). */
export const COPIED: TextFormat = {
  end: '\t'.charCodeAt(0),
  escape: '\\'.charCodeAt(0),
  absent: 'N'.charCodeAt(0),
  meaning: (written) =>
    written === '\\N'
      ? null
      : written.replaceAll(/\\(.)/gsu, (_, letter: string) => ESCAPED[letter] ?? letter),
};

/** Where the text that a position is in ends. */
export function endOf(bytes: Uint8Array, at: number, { end }: TextFormat): number {
  const found = bytes.indexOf(end, at);
  return found < 0 ? bytes.length : found;
}

/** Whether there is no text: no other begins so. */
export function isAbsent(
  bytes: Uint8Array,
  start: number,
  { escape, absent }: TextFormat,
): boolean {
  return bytes[start] === escape && bytes[start + 1] === absent;
}

/** How many of some bytes only say what the one behind them means. */
export function escapesOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  { escape }: TextFormat,
): number {
  let escapes = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === escape) {
      escapes++;
      at++;
    }
  }
  return escapes;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What the bytes of one text stand for. */
export function textOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  { meaning }: TextFormat,
): string | null {
  return meaning(utf8.decode(bytes.subarray(start, end)));
}
