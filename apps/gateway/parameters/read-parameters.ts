import type { Micros } from '#event';

import { invalidParameters, Problem, type FieldError } from '../http/problem.ts';
import type { Parameter, ParameterSet, QuerySyntax, Reading, Values } from './parameter.ts';

/** What a client sent: a query string's or a JSON body's members, not looked at yet. */
export type ParameterSource = Readonly<Record<string, unknown>>;

/** Reads every parameter of the set. Throws a 400 `Problem` that names everything that is wrong. */
export function readParameters<S extends ParameterSet>(
  parameters: S,
  source: ParameterSource,
  now: Micros,
): Values<S> {
  const errors: FieldError[] = unknownNames(parameters, source);
  const values: Record<string, unknown> = {};
  let syntax: QuerySyntax | undefined;
  for (const [name, parameter] of Object.entries(parameters)) {
    const reading = readOne(parameter, Object.hasOwn(source, name) ? source[name] : undefined, now);
    if (reading.ok) values[name] = reading.value;
    else {
      errors.push({ field: name, detail: reading.detail });
      syntax ??= reading.extensions;
    }
  }
  if (syntax !== undefined) throw invalidQuery(syntax, errors);
  if (errors.length > 0) throw invalidParameters(errors);
  return values as Values<S>;
}

function readOne(parameter: Parameter<unknown>, sent: unknown, now: Micros): Reading<unknown> {
  if (parameter.readJson !== undefined) return parameter.readJson(sent);
  const text = asText(sent);
  if (!text.ok) return text;
  if (text.value === null && parameter.required) {
    return { ok: false, detail: `it is required: ${parameter.description}` };
  }
  return parameter.read(text.value, now);
}

/** The empty text counts as absent: `?q=&from=&to=` is what a form sends. */
function asText(sent: unknown): Reading<string | null> {
  if (sent === undefined || sent === null || sent === '') return { ok: true, value: null };
  if (typeof sent === 'string') return { ok: true, value: sent };
  if (typeof sent === 'number' || typeof sent === 'boolean') {
    return { ok: true, value: String(sent) };
  }
  return {
    ok: false,
    detail: Array.isArray(sent)
      ? 'it is given more than once; give it once.'
      : 'it is an object; give a text, a number or a boolean.',
  };
}

function unknownNames(parameters: ParameterSet, source: ParameterSource): FieldError[] {
  const names = Object.keys(parameters);
  return Object.keys(source)
    .filter((name) => !Object.hasOwn(parameters, name))
    .map((name) => ({
      field: name.slice(0, 100),
      detail: `there is no such parameter; this call has ${names.join(', ')}.`,
    }));
}

function invalidQuery(syntax: QuerySyntax, errors: readonly FieldError[]): Problem {
  const detail = errors.map((error) => `${error.field}: ${error.detail}`).join(' ');
  return new Problem(400, 'query-syntax', detail, { ...syntax, errors });
}
