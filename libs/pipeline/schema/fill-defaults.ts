import { isObject, type JsonSchema } from './json-schema.ts';

/** A value with the defaults of its schema, as the API server fills them in. The value itself stays as it is. */
export function fillDefaults(schema: JsonSchema, value: unknown): unknown {
  const given = value === undefined || value === null ? schema.default : value;
  if (given === undefined) return undefined;
  if (Array.isArray(given)) {
    const { items = {} } = schema;
    return given.map((item: unknown) => fillDefaults(items, item));
  }
  return isObject(given) ? fillObject(schema, given) : given;
}

function fillObject(
  { properties = {}, additionalProperties }: JsonSchema,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (additionalProperties !== undefined) return { ...given };
  const names = new Set([...Object.keys(properties), ...Object.keys(given)]);
  const entries = [...names].map((name) => {
    const property = properties[name];
    const value = property === undefined ? given[name] : fillDefaults(property, given[name]);
    return [name, value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
