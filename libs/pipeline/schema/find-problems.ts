import type { Field, TextForm } from './field.ts';
import { isObject } from './json-schema.ts';

/**
 * Everything that is wrong with a value: what the API server refuses, found here too, since an object may have been
 * stored before a rule was made. Each problem names the field and says what to write. Unknown fields are no problem
 * here: the API server prunes them.
 */
export function findProblems(
  field: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  const { schema } = field;
  if (schema['x-kubernetes-int-or-string'] === true) return quantityProblems(field, value, path);
  switch (schema.type) {
    case 'object':
      return objectProblems(field, value, path);
    case 'array':
      return listProblems(field, value, path);
    case 'string':
      return textProblems(field, value, path);
    case 'integer':
      return integerProblems(field, value, path);
    default:
      return typeof value === 'boolean' ? [] : [`${path} must be true or false`];
  }
}

function objectProblems(
  { fields, each, rules = [] }: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  if (!isObject(value)) return [`${path} must be an object`];
  if (each !== undefined)
    return Object.entries(value).flatMap(([key, item]) =>
      findProblems(each, item, `${path}.${key}`),
    );
  const problems = Object.entries(fields ?? {}).flatMap(([name, member]) => {
    const at = `${path}.${name}`;
    if (value[name] !== undefined) return findProblems(member, value[name], at);
    return member.presence === 'required' ? [`${at} must be set`] : [];
  });
  if (problems.length > 0) return problems;
  return rules
    .filter(({ holds }) => holds?.(value) === false)
    .map(({ message }) => `${path}: ${message}`);
}

function listProblems(
  { each, schema }: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  if (!Array.isArray(value)) return [`${path} must be a list`];
  const { maxItems = Infinity } = schema;
  if (value.length > maxItems) return [`${path} may have at most ${maxItems} items`];
  if (each === undefined) return [];
  return value.flatMap((item: unknown, index) => findProblems(each, item, `${path}[${index}]`));
}

function textProblems(
  { schema, form }: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  if (typeof value !== 'string') return [`${path} must be text`];
  const { minLength = 0, maxLength = Infinity } = schema;
  if (schema.enum?.includes(value) === false)
    return [`${path}: "${value}" is not one of ${schema.enum.join(', ')}`];
  if (value.length < minLength || value.length > maxLength)
    return [`${path} must have ${minLength} to ${maxLength} characters`];
  return formProblems(form, value, path);
}

function quantityProblems(
  { form }: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  const isPossible = typeof value === 'string' || Number.isInteger(value);
  return formProblems(form, isPossible ? String(value) : JSON.stringify(value), path);
}

function integerProblems(
  { schema: { minimum = -Infinity, maximum = Infinity } }: Field<unknown, unknown>,
  value: unknown,
  path: string,
): readonly string[] {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return [];
  return [`${path} must be a whole number from ${minimum} to ${maximum}`];
}

function formProblems(form: TextForm | undefined, value: string, path: string): readonly string[] {
  if (form === undefined || new RegExp(form.pattern, 'u').test(value)) return [];
  return [`${path}: "${value}" must be ${form.words}`];
}
