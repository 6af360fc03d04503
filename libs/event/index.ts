export type { Batch } from './batch.ts';
export {
  BATCH_SCHEMA,
  BatchFormatError,
  decodeBatch,
  encodeBatch,
  isUnknownSchema,
  type BatchHeaders,
  type EncodedBatch,
} from './batch-codec.ts';
export {
  ACCEPTED_NAMES,
  fieldOfName,
  INPUT_FIELDS,
  type FieldName,
  type InputField,
} from './aliases.ts';
export { cleanText, exceedsBytes } from './clean-text.ts';
export { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
export { LEVELS, levelOfName, levelRank, parseLevel, type Level } from './level.ts';
export { LIMITS } from './limits.ts';
export { TEXT_FIELDS, type LogEvent, type ParsedEvent, type TextField } from './log-event.ts';
export { BATCH_BYTES, cutIntoBatches, type BatchRange } from './cut-into-batches.ts';
export { systemClock, type Clock } from './clock.ts';
export { normaliseEvent, type NormaliseOutcome } from './normalise.ts';
export { quote } from './quote.ts';
export { parseTimestamp } from './parse-timestamp.ts';
export {
  formatTimestamp,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  type Micros,
} from './timestamp.ts';
export { comparePositions, eventId, type EventPosition, type StoredEvent } from './stored-event.ts';
export { fieldToken, forEachToken, TOKEN_FIELDS, type TokenField } from './tokens.ts';
export { uuidv5, uuidv7, type RandomSource } from './uuid.ts';
export { forEachWord, words } from './words.ts';
