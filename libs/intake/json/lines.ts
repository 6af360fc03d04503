import { LIMITS, type Micros } from '#event';

import { EventCollector } from '../event-collector.ts';
import type { IntakeResult } from '../intake-result.ts';
import { tooManyEvents } from './check-weight.ts';
import { describeJsonError } from './json-error.ts';
import { parseJson, parserOfLines } from './parse-json.ts';

/** Reads NDJSON. Indexes count the non-empty lines; a bad line is rejected by its index, the rest is read. */
export function readLines(text: string, receivedAt: Micros): IntakeResult {
  const parse = parserOfLines(text);
  const collector = new EventCollector(receivedAt);
  let count = 0;
  for (const line of nonEmptyLines(text)) {
    if (++count > LIMITS.eventsPerRequest) {
      return tooManyEvents(count);
    }
    const parsed = parse(line);
    if (parsed.ok) collector.add(parsed.value);
    else collector.reject(`the line is malformed JSON: ${describeJsonError(line)}`);
  }
  return collector.result();
}

/**
 * Whether a text that is no JSON value is meant as NDJSON: one of its first two lines is an event of its own.
 * (The second counts too, so that a bad first line is rejected alone. In indented JSON no line begins with `{` and
 * holds a whole object, except the elements of an array, and there the first line begins with `[`.)
 */
export function looksLikeLines(text: string): boolean {
  const lines = nonEmptyLines(text);
  const first = lines.next();
  const second = lines.next();
  if (first.done === true || second.done === true || !first.value.startsWith('{')) return false;
  return isObject(first.value) || isObject(second.value);
}

function isObject(line: string): boolean {
  return line.startsWith('{') && parseJson(line).ok;
}

function* nonEmptyLines(text: string): Generator<string, undefined> {
  let start = startOfContent(text, 0);
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, end);
    start = startOfContent(text, end + 1);
  }
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** The start of the next line that is not blank, from the start of a line on; the length of the text if none is. */
function startOfContent(text: string, lineStart: number): number {
  let start = lineStart;
  let at = start;
  while (at < text.length && isBlank(text.charCodeAt(at))) {
    if (text.charCodeAt(at) === NEWLINE) start = at + 1;
    at++;
  }
  return at < text.length ? start : at;
}

function isBlank(code: number): boolean {
  return code <= SPACE && (code === SPACE || code === NEWLINE || code === 0x0d || code === 0x09);
}
