import { fieldOfName, INPUT_FIELDS, type FieldName, type InputField } from './aliases.ts';
import type { JsonObject } from './json.ts';
import { measureShape } from './json-shape.ts';
import { LIMITS } from './limits.ts';

/** The index of each field in `GatheredFields.values`. */
export const SLOT = Object.fromEntries(
  INPUT_FIELDS.map((field, slot) => [field, slot]),
) as Readonly<Record<InputField, number>>;

const METADATA = SLOT.metadata;

/** The fields of a sent event by slot, after the rule of precedence. An absent one is undefined. */
export class GatheredFields {
  readonly values: unknown[] = INPUT_FIELDS.map(() => undefined);
  /** Names of the top-level fields that go into metadata: unknown ones, and aliases that lost. */
  further: string[] | null = null;
  /** A field whose value is too deep to be written as JSON text. */
  deepField: string | null = null;
  /** By which names the values came. */
  private readonly names: (FieldName | undefined)[] = INPUT_FIELDS.map(() => undefined);

  put(field: FieldName, value: unknown): void {
    if (typeof value === 'object' && field.slot !== METADATA && isTooDeep(value as object)) {
      this.deepField = field.name;
    }
    const rival = this.names[field.slot];
    if (rival !== undefined && rival.rank < field.rank) {
      this.putFurther(field.name);
      return;
    }
    if (rival !== undefined) this.putFurther(rival.name);
    this.names[field.slot] = field;
    this.values[field.slot] = value;
  }

  putFurther(name: string): void {
    if (this.further === null) this.further = [name];
    else this.further.push(name);
  }
}

/** Sorts the top-level fields of an event. Null is absent in a known field, and kept in an unknown one. */
export function gatherFields(event: JsonObject): GatheredFields {
  const fields = new GatheredFields();
  for (const name in event) {
    const value: unknown = event[name];
    const field = fieldOfName(name);
    if (field === undefined) fields.putFurther(name);
    else if (value !== null && value !== undefined) fields.put(field, value);
  }
  return fields;
}

const DEPTH_ONLY = { depth: LIMITS.metadataDepth, keys: Infinity, keyBytes: Infinity };

function isTooDeep(value: object): boolean {
  return measureShape(value, DEPTH_ONLY).depth > LIMITS.metadataDepth;
}
