import type { Micros } from '#event';

import { readContentType } from './content-type.ts';
import type { IntakeResult } from './intake-result.ts';
import { checkWeight } from './json/check-weight.ts';
import { readJsonEvents } from './json/read-json-events.ts';

/** The wire formats. `json` is one event, an array, or NDJSON, with the names and aliases of ARCHITECTURE.md. */
export type IntakeFormat = 'json';

type FormatReader = (text: string, layout: 'lines' | 'sniffed', receivedAt: Micros) => IntakeResult;

const READERS: Readonly<Record<IntakeFormat, FormatReader>> = { json: readJsonEvents };

/**
 * Reads the events of an inflated request body. Never throws: a body that cannot be read is `refused`.
 * Bytes that are no UTF-8 become U+FFFD.
 */
export function readEvents(
  body: Buffer,
  contentType: string | undefined,
  format: IntakeFormat,
  receivedAt: Micros,
): IntakeResult {
  const reading = readContentType(contentType, body);
  if ('kind' in reading) return reading;
  const tooHeavy = checkWeight(body);
  if (tooHeavy !== null) return tooHeavy;
  const text = body.toString(reading.encoding);
  const BOM = '\uFEFF';
  return READERS[format](text.startsWith(BOM) ? text.slice(1) : text, reading.layout, receivedAt);
}
