import type { JsonObject, JsonValue } from '#event';

/**
 * The values of `metadata.<path>`: those of the nested path and of the flat key, of an array its elements. An array
 * on the way stands for its elements too. Null is no value.
 */
export function metadataValues(metadata: JsonObject, path: readonly string[]): JsonValue[] {
  let found: JsonValue[] = [metadata];
  for (const key of path) found = found.flatMap((value) => members(value, key));
  if (path.length > 1) found.push(...members(metadata, path.join('.')));
  return found
    .flatMap((value) => (isArray(value) ? value : [value]))
    .filter((value) => value !== null);
}

function members(value: JsonValue, key: string): JsonValue[] {
  const objects = isArray(value) ? value : [value];
  return objects.flatMap((object) => {
    if (object === null || typeof object !== 'object' || isArray(object)) return [];
    const member = Object.hasOwn(object, key) ? object[key] : undefined;
    return member === undefined ? [] : [member];
  });
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
