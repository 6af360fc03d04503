import { inQuotes, quoteFieldName, quoteValue } from './quote-value.ts';

/** A string of Go: with escapes between quotes, or as it is between backticks. */
const STRING = String.raw`"(?:[^"\\]|\\.)*"|\x60[^\x60]*\x60`;
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.]*`;

const SELECTOR_START = /\s*(?:_stream:\s*)?\{/uy;
const SELECTOR_END = /\s*\}/uy;
const MATCHER = new RegExp(String.raw`\s*(${NAME})\s*(=~|!~|!=|=)\s*(${STRING})\s*,?`, 'uy');
const LINE_FILTER = new RegExp(String.raw`\s*(\|=|\|~|!=|!~)\s*(${STRING})`, 'uy');
const OR_STRING = new RegExp(String.raw`\s*or\s*(${STRING})`, 'uy');
/** Metadata is searched as it is, so nothing has to be taken apart first. */
const PARSER = /\s*\|\s*(?:json|logfmt|unpack|decolorize)(?=\s*(?:\||$))/uy;
const LABEL_FILTER = new RegExp(
  String.raw`\s*\|\s*(${NAME})\s*(=~|!~|!=|>=|<=|==|=|>|<)\s*(${STRING}|-?[\d.]+)(?=\s*(?:\||$))`,
  'uy',
);
/** What follows the streams in LogsQL; the signs begin what only LogQL has. */
const WORDS = /\s*(?![\s[!|])([^|{}]+)$/uy;

/** A query as this language writes it. */
export interface TranslatedQuery {
  readonly terms: readonly string[];
  /** What follows them as it was written: words of LogsQL. */
  readonly words: string;
}

/**
 * A query of LogQL, or of LogsQL that begins with its streams, as this language writes it:
 * `{app="shop", pod!="a"} |= "timed out" | json | status >= 500` is `app:shop -pod:a "timed out" status:>=500`. Null where it
 * is none, or says what this language cannot (stages that change lines, metrics). What LogQL finds within words is looked
 * for as whole words here, which is faster and what is mostly meant.
 *
 * Formats: https://grafana.com/docs/loki/latest/query/log_queries/, https://docs.victoriametrics.com/victorialogs/logsql/
 */
export function fromLogql(text: string): TranslatedQuery | null {
  const reader = new Reader(text);
  if (reader.take(SELECTOR_START) === null) return null;
  const terms: string[] = [];
  while (reader.take(SELECTOR_END) === null) {
    const term = matcherOf(reader.take(MATCHER));
    if (term === null) return null;
    terms.push(term);
  }
  const words = reader.take(WORDS)?.[1]?.trim() ?? '';
  while (!reader.isAtEnd) {
    const term = nextTerm(reader);
    if (term === null) return null;
    terms.push(term);
  }
  return { terms: terms.filter((term) => term !== ''), words };
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.text.slice(this.at).trim() === '';
  }

  /** @param pattern sticky */
  take(pattern: RegExp): readonly string[] | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}

/** Empty for what changes nothing here. */
function nextTerm(reader: Reader): string | null {
  const line = reader.take(LINE_FILTER);
  if (line !== null) return lineFilterOf(line, reader);
  if (reader.take(PARSER) !== null) return '';
  return matcherOf(reader.take(LABEL_FILTER));
}

function lineFilterOf([, sign = '', first = '']: readonly string[], reader: Reader): string | null {
  const values = [valueOf(first)];
  for (let more = reader.take(OR_STRING); more !== null; more = reader.take(OR_STRING)) {
    values.push(valueOf(more[1] ?? ''));
  }
  const texts = values.filter((value) => value !== null);
  if (texts.length < values.length) return null;
  const terms = texts.map((text) =>
    sign.endsWith('~') ? `message:${regex(text)}` : inQuotes(text),
  );
  const joined = terms.length === 1 ? terms.join('') : `(${terms.join(' OR ')})`;
  // Every line holds the empty text.
  return signed(sign, texts.includes('') ? '' : joined);
}

function matcherOf(found: readonly string[] | null): string | null {
  if (found === null) return null;
  const [, name = '', sign = '', written = ''] = found;
  const value = valueOf(written);
  if (value === null) return null;
  const field = quoteFieldName(name);
  if (/^[<>]/u.test(sign)) return value === '' ? null : `${field}:${sign}${quoteValue(value)}`;
  return signed(sign, sign.endsWith('~') ? patternOf(field, value) : equalTo(field, value));
}

function equalTo(field: string, value: string): string {
  return value === '' ? absent(field) : `${field}:${quoteValue(value)}`;
}

/** LogQL compares the whole value of a label with a pattern. */
function patternOf(field: string, pattern: string): string {
  if (pattern === '') return absent(field);
  if (pattern === '.*') return '';
  return `${field}:${alternatives(pattern) ?? regex(`^(?:${pattern})$`)}`;
}

/** The empty text stands for a label that is not there. */
function absent(field: string): string {
  return `-${field}:*`;
}

/** Null for nothing at all: what is not everything. */
function signed(sign: string, term: string): string | null {
  if (!sign.startsWith('!')) return term;
  if (term === '') return null;
  return term.startsWith('-') ? term.slice(1) : `-${term}`;
}

/** Null for escapes that JSON does not have. */
function valueOf(written: string): string | null {
  if (written.startsWith('`')) return written.slice(1, -1);
  if (!written.startsWith('"')) return written;
  try {
    return JSON.parse(written.replaceAll('\t', '\\t')) as string;
  } catch {
    return null;
  }
}

/** Of a regular expression that is only a choice of texts, or anything. */
function alternatives(pattern: string): string | null {
  if (pattern === '.+') return '*';
  const choices = pattern.split('|');
  if (!choices.every((choice) => /^[\p{L}\p{N}_-]+$/u.test(choice))) return null;
  const values = choices.map(quoteValue);
  return values.length === 1 ? (values[0] ?? null) : `(${values.join(' OR ')})`;
}

function regex(pattern: string): string {
  return `/${pattern.replaceAll(/\\.|\//gsu, (each) => (each === '/' ? '\\/' : each))}/`;
}
