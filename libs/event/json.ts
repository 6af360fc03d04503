import { cleanText } from './clean-text.ts';

export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets an own property, also one called `__proto__`, which an assignment would take for the prototype. */
export function setOwn(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}

/** Sets an own property under the name, or under `_<name>` where that is taken, and so on. */
export function setUnderFreeName(
  target: Record<string, JsonValue>,
  name: string,
  value: JsonValue,
): void {
  let free = name;
  while (Object.hasOwn(target, free)) free = `_${free}`;
  setOwn(target, free, value);
}

/**
 * A copy in which every text and key is clean (`cleanText`) and which JSON holds as it is (no `-0`).
 * Recursive: bound the depth of the value before.
 */
export function cleanJson(value: unknown): JsonValue {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(cleanJson);
  if (isJsonObject(value)) return cleanObject(value);
  return null;
}

function cleanObject(value: JsonObject): JsonObject {
  const copy: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    setUnderFreeName(copy, cleanText(key), cleanJson(value[key]));
  }
  return copy;
}

/** Whether JSON text may hold, as an escape, something that `cleanText` replaces. */
export function mayHoldUncleanEscape(json: string): boolean {
  return json.includes('\\u0000') || json.includes('\\ud');
}
