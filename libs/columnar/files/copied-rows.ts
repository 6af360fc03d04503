import { FILE_COLUMNS, literal, quoted } from './columns.ts';
import type { Source } from './source.ts';

/** DuckDB gets the memory of each piece that it reads anew from the system, so pieces are as large as they must be. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** The escapes of COPY's text format but that of the backslash itself, and what they stand for. */
const ESCAPES = [
  ['\\b', 8],
  ['\\t', 9],
  ['\\n', 10],
  ['\\v', 11],
  ['\\f', 12],
  ['\\r', 13],
] as const;

/**
 * Reads rows that Postgres wrote in the text format of COPY: columns between tabs, NULL as `\N`.
 *
 * @param longestRow in bytes
 */
export function readCopied(path: string, longestRow: number): Source {
  const columns = Object.entries(FILE_COLUMNS).map(
    ([name, type]) => `${literal(name)}: ${literal(type)}`,
  );
  const select = Object.entries(FILE_COLUMNS).map(([name, type]) =>
    type === 'VARCHAR' ? `${unescaped(quoted(name))} AS ${quoted(name)}` : quoted(name),
  );
  const sql = `(SELECT ${select.join(', ')} FROM read_csv(${literal(path)}, columns = {${columns.join(', ')}},
    auto_detect = false, header = false, delim = '\\t', quote = '', escape = '', nullstr = '\\N', new_line = '\\n',
    parallel = false, strict_mode = true, max_line_size = ${longestRow}, buffer_size = ${Math.max(PIECE_BYTES, 2 * longestRow)}))`;
  return { sql, values: [] };
}

/** Pairs of backslashes go first, as NUL, which no text of Postgres holds: what is left of backslashes are escapes. */
function unescaped(column: string): string {
  const withoutPairs = `replace(${column}, '\\\\', chr(0))`;
  const replaced = ESCAPES.reduce(
    (text, [escape, code]) => `replace(${text}, ${literal(escape)}, chr(${code}))`,
    withoutPairs,
  );
  return `CASE WHEN contains(${column}, '\\') THEN replace(${replaced}, chr(0), '\\') ELSE ${column} END`;
}
