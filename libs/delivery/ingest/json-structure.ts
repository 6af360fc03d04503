import { LIMITS } from '#event';

export type JsonStructure =
  | { readonly kind: 'readable' }
  | { readonly kind: 'too-many-events' | 'too-many-values'; readonly limit: number };

/** Parsing takes about 0.7 us and 60 bytes for each object or array: so many take less than a second. */
const MAX_CONTAINERS = 1_000_000;
const MAX_VALUES = 5_000_000;
/** Nothing in a smaller body can take long. */
const SMALL_BYTES = 256 * 1024;

const OTHER = 0;
const QUOTE = 1;
const OPEN = 2;
const CLOSE = 3;
const COMMA = 4;
const QUOTE_BYTE = 0x22;
const BACKSLASH_BYTE = 0x5c;
const KINDS = new Uint8Array(256);
KINDS[QUOTE_BYTE] = QUOTE;
for (const text of '[{') KINDS[text.charCodeAt(0)] = OPEN;
for (const text of ']}') KINDS[text.charCodeAt(0)] = CLOSE;
KINDS[','.charCodeAt(0)] = COMMA;

/**
 * Counts what a JSON or NDJSON text holds, without parsing it: a body of 64 MiB can hold 20 million empty objects,
 * which would stop the event loop for ten seconds and take gigabytes. Malformed text is for the parser to report.
 */
export function checkJsonStructure(body: Buffer): JsonStructure {
  if (body.length <= SMALL_BYTES) return { kind: 'readable' };
  const { containers, values, elements } = count(body);
  if (elements > LIMITS.eventsPerRequest) {
    return { kind: 'too-many-events', limit: LIMITS.eventsPerRequest };
  }
  if (containers > MAX_CONTAINERS) return { kind: 'too-many-values', limit: MAX_CONTAINERS };
  if (values > MAX_VALUES) return { kind: 'too-many-values', limit: MAX_VALUES };
  return { kind: 'readable' };
}

interface Counts {
  readonly containers: number;
  /** Containers, and commas for whatever stands between them. */
  readonly values: number;
  /** Elements of a top-level array. */
  readonly elements: number;
}

function count(body: Buffer): Counts {
  let depth = 0;
  let containers = 0;
  let commas = 0;
  let topLevelCommas = 0;
  for (let at = 0; at < body.length; at++) {
    const kind = KINDS[body[at] ?? OTHER];
    if (kind === OTHER) continue;
    if (kind === QUOTE) at = endOfString(body, at + 1);
    else if (kind === OPEN) {
      containers++;
      depth++;
    } else if (kind === CLOSE) depth--;
    else {
      commas++;
      if (depth === 1) topLevelCommas++;
    }
  }
  const elements = isArray(body) ? topLevelCommas + 1 : 0;
  return { containers, values: containers + commas, elements };
}

/** The place of the closing quote, or the end of the body. */
function endOfString(body: Buffer, start: number): number {
  let at = start;
  while (at < body.length && body[at] !== QUOTE_BYTE) at += body[at] === BACKSLASH_BYTE ? 2 : 1;
  return at;
}

/** Lines that are objects have commas at depth 1 too, so only a text that begins as an array has elements. */
function isArray(body: Buffer): boolean {
  const begin = body.toString('latin1', 0, 64).replace(/^\u00ef\u00bb\u00bf/, '');
  return begin.trimStart().startsWith('[');
}
