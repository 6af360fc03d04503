import { LIMITS, type Micros } from '#event';

import { EventCollector } from '../event-collector.ts';
import { refused, type IntakeResult } from '../intake-result.ts';
import { describeJsonError } from './json-error.ts';
import { parseJson, parserOfLines } from './parse-json.ts';

/** Reads NDJSON. Indexes count the non-empty lines; a bad line is rejected by its index, the rest is read. */
export function readLines(text: string, receivedAt: Micros): IntakeResult {
  const parse = parserOfLines(text);
  const collector = new EventCollector(receivedAt);
  let count = 0;
  for (const line of nonEmptyLines(text)) {
    if (++count > LIMITS.eventsPerRequest) {
      return refused(
        413,
        'too-many-events',
        `The request holds more than ${LIMITS.eventsPerRequest} events; send several requests.`,
      );
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
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (hasContent(line)) yield line;
    start = end + 1;
  }
}

const SPACE = 0x20;

function hasContent(line: string): boolean {
  // Nearly every line begins with its content.
  return line.charCodeAt(0) > SPACE || line.trim() !== '';
}
