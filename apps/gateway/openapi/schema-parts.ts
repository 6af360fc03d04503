import type { Schema } from './schema.ts';

export const text: Schema = { type: 'string' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const timestamp: Schema = {
  type: 'string',
  format: 'date-time',
  example: '2023-09-15T08:00:00.000000Z',
};

/** An object whose members are all required but the `optional` ones. */
export function object(
  properties: Record<string, Schema>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}
