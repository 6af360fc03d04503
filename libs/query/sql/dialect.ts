/**
 * How a database spells what conditions are made of. Where engines differ in more than spelling (how a message is
 * searched, what lies in metadata), there are files for each.
 */
export interface Dialect {
  readonly name: 'postgres' | 'duckdb';
  /** The pattern, a placeholder, is found anywhere in the text. */
  matches(text: string, pattern: string): string;
  /** `%` and `_` with `\` before those that are literal. */
  like(text: string, pattern: string): string;
  /** The text where it is compared by the order of code points. */
  ordered(text: string): string;
  /** One character of a pattern, inside or outside brackets. */
  character(code: number): string;
  readonly pattern: PatternSpelling;
  /** No message that is searched holds a character beyond ASCII. */
  readonly messagesAreAscii: boolean;
}

export interface PatternSpelling {
  /** Any character, a line feed too. */
  readonly any: string;
  /** Matches nothing. */
  readonly nothing: string;
  /** Begin and end of a line within the text. */
  readonly lineStart: string;
  readonly lineEnd: string;
  readonly wordBoundary: string;
  readonly noWordBoundary: string;
  /** Most copies of one part. */
  readonly mostCopies: number;
  /** Size of a pattern beyond which the database may refuse it. */
  readonly largest: number;
  /** Words of a phrase beyond which the pattern takes long to compile. */
  readonly mostWords: number;
}

/** Patterns are AREs under collation "C", where `\y` is RE2's `\b`. */
export const POSTGRES: Dialect = {
  name: 'postgres',
  matches: (text, pattern) => `${text} COLLATE "C" ~ ${pattern}`,
  like: (text, pattern) => `${text} COLLATE "C" LIKE ${pattern}`,
  ordered: (text) => `${text} COLLATE "C"`,
  character: (code) => {
    if (isAlphanumeric(code)) return String.fromCharCode(code);
    return code > 0xffff
      ? String.raw`\U${code.toString(16).padStart(8, '0')}`
      : String.raw`\u${code.toString(16).padStart(4, '0')}`;
  },
  pattern: {
    any: '.',
    // A character that no text holds.
    nothing: String.raw`\ud800`,
    lineStart: String.raw`(?:^|(?<=\u000a))`,
    lineEnd: String.raw`(?:$|(?=\u000a))`,
    wordBoundary: String.raw`\y`,
    noWordBoundary: String.raw`\Y`,
    mostCopies: 255,
    largest: 2_000,
    mostWords: 32,
  },
  messagesAreAscii: false,
};

/**
 * Patterns are RE2's, which DuckDB compiles with a bound on memory. They stand in a group, since DuckDB (1.5) turns
 * some simple patterns into comparisons that mean something else: `f(?:)` into `= 'f'`. Texts compare by their bytes.
 */
export const DUCKDB: Dialect = {
  name: 'duckdb',
  matches: (text, pattern) => `regexp_matches(${text}, '(' || ${pattern} || ')')`,
  like: (text, pattern) => String.raw`${text} LIKE ${pattern} ESCAPE '\'`,
  ordered: (text) => text,
  character: (code) =>
    isAlphanumeric(code) ? String.fromCharCode(code) : String.raw`\x{${code.toString(16)}}`,
  pattern: {
    any: '(?s:.)',
    nothing: String.raw`[^\x{0}-\x{10ffff}]`,
    lineStart: '(?m:^)',
    lineEnd: '(?m:$)',
    wordBoundary: String.raw`\b`,
    noWordBoundary: String.raw`\B`,
    mostCopies: 255,
    largest: 500,
    mostWords: 8,
  },
  messagesAreAscii: false,
};

/** For parts of files whose messages are all ASCII: RE2 need not compile the class of all characters of words. */
export const DUCKDB_ASCII: Dialect = { ...DUCKDB, messagesAreAscii: true };

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
