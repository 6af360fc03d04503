import { quoteFieldName, quoteValue } from './quote-value.ts';

/** A string of Go: with escapes between quotes, or as it is between backticks. */
const STRING = String.raw`"(?:[^"\\]|\\.)*"|\x60[^\x60]*\x60`;
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.]*`;

const SELECTOR_START = /\s*(?:_stream:\s*)?\{/uy;
const SELECTOR_END = /\s*\}/uy;
const MATCHER = new RegExp(String.raw`\s*(${NAME})\s*(=~|!~|!=|=)\s*(${STRING})\s*,?`, 'uy');
const LINE_FILTER = new RegExp(String.raw`\s*(\|=|\|~|!=|!~)\s*(${STRING})`, 'uy');
/** Metadata is searched as it is, so nothing has to be taken apart first. */
const PARSER = /\s*\|\s*(?:json|logfmt|unpack|decolorize)(?=\s*(?:\||$))/uy;
const LABEL_FILTER = new RegExp(
  String.raw`\s*\|\s*(${NAME})\s*(=~|!~|!=|>=|<=|==|=|>|<)\s*(${STRING}|-?[\d.]+)(?=\s*(?:\||$))`,
  'uy',
);
/** What follows the streams in LogsQL. */
const WORDS = /[^|{}]*$/uy;

/**
 * A query of LogQL, or of LogsQL that begins with its streams, as this language writes it:
 * `{app="shop", pod!="a"} |= "timed out" | json | status >= 500` is `app:shop -pod:a "timed out" status:>=500`. Null where it
 * is none, or says what this language cannot (stages that change lines, metrics).
 *
 * Formats: https://grafana.com/docs/loki/latest/query/log_queries/, https://docs.victoriametrics.com/victorialogs/logsql/
 */
export function fromLogql(text: string): string | null {
  const reader = new Reader(text);
  if (reader.take(SELECTOR_START) === null) return null;
  const terms: string[] = [];
  while (reader.take(SELECTOR_END) === null) {
    const term = matcherOf(reader.take(MATCHER));
    if (term === null) return null;
    terms.push(term);
  }
  while (!reader.isAtEnd) {
    const term = nextTerm(reader);
    if (term === null) return null;
    terms.push(term);
  }
  return terms.filter((term) => term !== '').join(' ');
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
  if (line !== null) return lineFilterOf(line);
  if (reader.take(PARSER) !== null) return '';
  return matcherOf(reader.take(LABEL_FILTER)) ?? reader.take(WORDS)?.[0]?.trim() ?? null;
}

function lineFilterOf([, sign = '', written = '']: readonly string[]): string {
  const value = valueOf(written);
  const term = sign.endsWith('~') ? `message:${regex(value)}` : phrase(value);
  return `${sign.startsWith('!') ? '-' : ''}${term}`;
}

function matcherOf(found: readonly string[] | null): string | null {
  if (found === null) return null;
  const [, name = '', sign = '', written = ''] = found;
  const field = quoteFieldName(name);
  const value = valueOf(written);
  const negated = sign.startsWith('!');
  // The empty text stands for a label that is not there.
  if (value === '') return `${negated ? '' : '-'}${field}:*`;
  return `${negated ? '-' : ''}${field}:${conditionOf(sign, value)}`;
}

function conditionOf(sign: string, value: string): string {
  if (sign.endsWith('~')) return alternatives(value) ?? regex(value);
  return /^[<>]/u.test(sign) ? `${sign}${value}` : quoteValue(value);
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function valueOf(written: string): string {
  if (written.startsWith('`')) return written.slice(1, -1);
  if (!written.startsWith('"')) return written;
  return written
    .slice(1, -1)
    .replaceAll(/\\(.)/gsu, (_, letter: string) => ESCAPED[letter] ?? letter);
}

function phrase(value: string): string {
  return `"${value.replaceAll(/[*"\\]/gu, String.raw`\$&`)}"`;
}

/** Of a regular expression that is only a choice of texts, or anything. */
function alternatives(pattern: string): string | null {
  if (/^\.[*+]$/u.test(pattern)) return '*';
  const choices = pattern.split('|');
  if (!choices.every((choice) => /^[\p{L}\p{N}_-]+$/u.test(choice))) return null;
  const values = choices.map(quoteValue);
  return values.length === 1 ? (values[0] ?? null) : `(${values.join(' OR ')})`;
}

function regex(pattern: string): string {
  return `/${pattern.replaceAll(/\\.|\//gsu, (each) => (each === '/' ? '\\/' : each))}/`;
}
