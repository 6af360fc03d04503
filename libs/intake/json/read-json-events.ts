import { LIMITS, quote, type Micros } from '#event';

import { EventCollector } from '../event-collector.ts';
import { refused, type IntakeResult, type RefusedBody } from '../intake-result.ts';
import { tooManyEvents } from './check-weight.ts';
import { describeJsonError } from './json-error.ts';
import { looksLikeLines, readLines } from './lines.ts';
import { parseJson } from './parse-json.ts';

/**
 * Reads one event, an array of events, or NDJSON. With the layout `sniffed` the text is one JSON value if it can be
 * read as one, otherwise NDJSON if its first lines look like it.
 */
export function readJsonEvents(
  text: string,
  layout: 'lines' | 'sniffed',
  receivedAt: Micros,
): IntakeResult {
  if (isBlank(text)) {
    return refused(
      400,
      'empty-body',
      'The body is empty; send one JSON event, an array of events, or one event per line.',
    );
  }
  if (layout === 'lines') return readLines(text, receivedAt);
  const parsed = parseJson(text);
  if (parsed.ok) return readValue(parsed.value, receivedAt);
  if (looksLikeLines(text)) return readLines(text, receivedAt);
  return refused(400, 'malformed-json', `The body is malformed JSON: ${describeJsonError(text)}.`);
}

function readValue(value: unknown, receivedAt: Micros): IntakeResult {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) && (typeof value !== 'object' || value === null)) {
    return notAnEvent(value);
  }
  if (values.length > LIMITS.eventsPerRequest) return tooManyEvents(values.length);
  const collector = new EventCollector(receivedAt);
  for (const event of values) collector.add(event);
  return collector.result();
}

function notAnEvent(value: unknown): RefusedBody {
  return refused(
    400,
    'not-an-event',
    `The body is the JSON value ${quote(value)}; send an event as a JSON object, or an array of them.`,
  );
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}
