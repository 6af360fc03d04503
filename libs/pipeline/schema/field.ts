import { fillDefaults } from './fill-defaults.ts';
import type { Json, JsonSchema } from './json-schema.ts';

/** Whether a field must be written, may be absent, or has a default. */
export type Presence = 'required' | 'optional' | 'default';

/**
 * A rule over a whole object: in CEL for the API server, and the same in TypeScript for objects that were stored
 * before the rule was made. `holds` is absent where the rule compares with the object before a change.
 */
export interface Rule {
  readonly cel: string;
  /** What to write instead. */
  readonly message: string;
  readonly holds?: (value: Readonly<Record<string, unknown>>) => boolean;
}

/**
 * One field of a resource: its schema for the API server, and its type for us.
 *
 * @typeParam Value what the operator reads, defaults filled in
 * @typeParam Written what people write
 */
export interface Field<Value, Written = Value, Present extends Presence = Presence> {
  readonly schema: JsonSchema;
  readonly presence: Present;
  readonly fields?: Fields;
  /** Of the items of a list, or of the values of a map. */
  readonly each?: Field<unknown, unknown>;
  readonly rules?: readonly Rule[];
  /** The form of a text, checked by a rule, so that the API server says in words what to write. */
  readonly form?: TextForm;
  /** Types only: there is no such value. */
  readonly phantom?: { readonly value: Value; readonly written: Written };
}

export interface TextForm {
  readonly pattern: string;
  /** The pattern in words, as "a duration like 30d or 12h". */
  readonly words: string;
}

export type Fields = Readonly<Record<string, Field<unknown, unknown>>>;

export type ValueOf<F> = F extends Field<infer Value, unknown> ? Value : never;
export type WrittenOf<F> = F extends Field<unknown, infer Written> ? Written : never;

type KeysWith<All extends Fields, P extends Presence> = {
  [Key in keyof All]: All[Key]['presence'] extends P ? Key : never;
}[keyof All];

type ValuesOf<All extends Fields> = {
  readonly [Key in KeysWith<All, 'required' | 'default'>]: ValueOf<All[Key]>;
} & { readonly [Key in KeysWith<All, 'optional'>]?: ValueOf<All[Key]> };

type AllWritten<All extends Fields> = {
  readonly [Key in KeysWith<All, 'required'>]: WrittenOf<All[Key]>;
} & { readonly [Key in KeysWith<All, 'optional' | 'default'>]?: WrittenOf<All[Key]> };

type Required<Value, Written = Value> = Field<Value, Written, 'required'>;

interface TextOptions {
  readonly form?: TextForm;
  readonly maxLength?: number;
  readonly minLength?: number;
}

const MAX_TEXT = 1_024;

export function text(description: string, options: TextOptions = {}): Required<string> {
  const { form, maxLength = MAX_TEXT, minLength = 1 } = options;
  return {
    presence: 'required',
    schema: {
      type: 'string',
      description,
      minLength,
      maxLength,
      ...(form !== undefined && {
        'x-kubernetes-validations': [
          { rule: `self.matches(r"${form.pattern}")`, message: `must be ${form.words}` },
        ],
      }),
    },
    ...(form !== undefined && { form }),
  };
}

export function choice<const Values extends readonly string[]>(
  description: string,
  values: Values,
): Required<Values[number]> {
  return { presence: 'required', schema: { type: 'string', description, enum: values } };
}

export function integer(
  description: string,
  bounds: { readonly minimum: number; readonly maximum: number },
): Required<number> {
  const format = bounds.maximum > 2 ** 31 - 1 ? 'int64' : 'int32';
  return { presence: 'required', schema: { type: 'integer', format, description, ...bounds } };
}

export function flag(description: string): Required<boolean> {
  return { presence: 'required', schema: { type: 'boolean', description } };
}

const QUANTITY: TextForm = {
  pattern: String.raw`^([0-9]+|[0-9]*\.[0-9]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`,
  words: 'a quantity like 500m or 2Gi',
};

/** A Kubernetes quantity, as `500m` or `2Gi`; a bare number is allowed too, as Kubernetes allows it. */
export function quantity(description: string): Required<string | number> {
  return {
    presence: 'required',
    form: QUANTITY,
    schema: {
      description,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      pattern: QUANTITY.pattern,
      'x-kubernetes-int-or-string': true,
    },
  };
}

export function object<const All extends Fields>(
  description: string,
  fields: All,
  rules: readonly Rule[] = [],
): Required<ValuesOf<All>, AllWritten<All>> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, { presence }]) => presence === 'required');
  return {
    presence: 'required',
    fields,
    rules,
    schema: {
      type: 'object',
      description,
      ...(required.length > 0 && { required: required.map(([name]) => name) }),
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      ...(rules.length > 0 && {
        'x-kubernetes-validations': rules.map(({ cel, message }) => ({ rule: cel, message })),
      }),
    },
  };
}

interface ListOptions {
  readonly maxItems: number;
  /** The list is merged by this key when several people apply it. */
  readonly key?: string;
}

export function list<Value, Written>(
  description: string,
  each: Field<Value, Written>,
  { maxItems, key }: ListOptions,
): Required<readonly Value[], readonly Written[]> {
  return {
    presence: 'required',
    each,
    schema: {
      type: 'array',
      description,
      maxItems,
      items: each.schema,
      'x-kubernetes-list-type': key === undefined ? 'atomic' : 'map',
      ...(key !== undefined && { 'x-kubernetes-list-map-keys': [key] }),
    },
  };
}

export function map<Value>(
  description: string,
  each: Field<Value>,
  maxProperties = 32,
): Required<Readonly<Record<string, Value>>> {
  return {
    presence: 'required',
    each,
    schema: { type: 'object', description, maxProperties, additionalProperties: each.schema },
  };
}

export function optional<Value, Written>(
  field: Field<Value, Written>,
): Field<Value, Written, 'optional'> {
  return { ...field, presence: 'optional' };
}

/** The API server writes the default into objects that lack the field, old ones included. */
export function withDefault<Value, Written>(
  field: Field<Value, Written>,
  value: Written & Json,
): Field<Value, Written, 'default'> {
  return {
    ...field,
    presence: 'default',
    schema: { ...field.schema, default: value },
  };
}

/**
 * An object whose fields all have defaults or may be absent: absent, it is the object of the defaults. They are written
 * out, since the API server checks a default by the rules before it fills in those of its members.
 */
export function filled<Value, Written>(
  field: Field<Value, Written>,
): Field<Value, Written, 'default'> {
  return {
    ...field,
    presence: 'default',
    schema: { ...field.schema, default: fillDefaults(field.schema, {}) as Json },
  };
}
