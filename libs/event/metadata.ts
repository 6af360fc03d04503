import { exceedsBytes } from './clean-text.ts';
import {
  cleanJson,
  isJsonObject,
  mayHoldUncleanEscape,
  setUnderFreeName,
  type JsonObject,
  type JsonValue,
} from './json.ts';
import { measureShape, type JsonShape } from './json-shape.ts';
import { LIMITS } from './limits.ts';
import { quote } from './quote.ts';

export interface Metadata {
  readonly object: JsonObject;
  readonly text: string;
}

/** Metadata, or the reason why it is out of bounds. */
export type MetadataOutcome = Metadata | string;

const EMPTY: Metadata = { object: Object.freeze({}), text: '{}' };
const SHAPE_LIMITS = {
  depth: LIMITS.metadataDepth,
  keys: LIMITS.metadataKeys,
  keyBytes: LIMITS.metadataKeyBytes,
};

/**
 * The metadata of an event: what was sent as `metadata`, and the further top-level fields beside it. One whose
 * name is taken is kept as `_<name>`; a value that is no object becomes `{"value": ...}`.
 */
export function readMetadata(
  sent: unknown,
  event: JsonObject,
  further: readonly string[] | null,
): MetadataOutcome {
  if (sent === undefined && further === null) return EMPTY;
  const joined = join(sent, event, further);
  const shape = measureShape(joined, SHAPE_LIMITS);
  return shapeFault(shape) ?? write(joined, shape.irregular);
}

function join(sent: unknown, event: JsonObject, further: readonly string[] | null): JsonObject {
  const own = sent === undefined || isJsonObject(sent) ? sent : { value: sent as JsonValue };
  if (further === null) return own ?? {};
  const joined: Record<string, JsonValue> = { ...own };
  for (const name of further) setUnderFreeName(joined, name, event[name] ?? null);
  return joined;
}

function shapeFault(shape: JsonShape): string | null {
  if (shape.depth > LIMITS.metadataDepth) {
    return `metadata is nested more than ${LIMITS.metadataDepth} levels deep; flatten it`;
  }
  if (shape.keys > LIMITS.metadataKeys) {
    return `metadata holds more than ${LIMITS.metadataKeys} keys (unknown top-level fields count); send fewer`;
  }
  if (shape.longKey !== null) {
    return `metadata key ${quote(shape.longKey)} is larger than ${LIMITS.metadataKeyBytes} bytes; shorten it`;
  }
  return null;
}

function write(joined: JsonObject, irregular: boolean): MetadataOutcome {
  let object = joined;
  let text = JSON.stringify(object);
  if (irregular || mayHoldUncleanEscape(text)) {
    object = cleanJson(object) as JsonObject;
    text = JSON.stringify(object);
  }
  if (exceedsBytes(text, LIMITS.metadataBytes)) {
    return `metadata takes ${Buffer.byteLength(text)} bytes as JSON, more than ${LIMITS.metadataBytes}; send less`;
  }
  return { object, text };
}

/** `metadata.parentResourceId` where it is a text or a number, as text. */
export function parentResourceIdOf(metadata: JsonObject): string | null {
  const value = metadata['parentResourceId'];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}
