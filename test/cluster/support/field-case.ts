import type { WrittenSpec } from '#pipeline';

/** One field of the specification, a value other than its default, and where it shows in the cluster. */
export interface FieldCase {
  /** As the schema has it below `spec`, with `[]` for items of lists and `.*` for values of maps. */
  readonly field: string;
  readonly spec: WrittenSpec;
  /** Kind and name of the object, without the pipeline's name: `Deployment ingest`; `LogPipeline` for its status. */
  readonly object: string;
  /** Path in the object. */
  readonly at: string;
  readonly shows: unknown;
}

type Row = readonly [field: string, value: unknown, object: string, at: string, shows?: unknown];

/** @param rows field, value, object, path; and what shows there, where it is not the value itself */
export function fieldCases(...rows: readonly Row[]): readonly FieldCase[] {
  return rows.map(([field, value, object, at, ...shows]) => ({
    field,
    spec: specWith(field, value),
    object,
    at,
    shows: shows.length > 0 ? shows[0] : value,
  }));
}

/** The specification that says all that the cases say. */
export function mergedSpec(cases: readonly FieldCase[]): WrittenSpec {
  return cases.reduce<unknown>((all, { spec }) => merge(all, spec), {}) as WrittenSpec;
}

/** `pods.tolerations[].key` and `a` give `{pods: {tolerations: [{key: 'a'}]}}`; a map takes a whole object. */
function specWith(field: string, value: unknown): WrittenSpec {
  const names = field.replace(/\.\*$/, '').replaceAll('[]', '.0').split('.');
  return names.reduceRight<unknown>(
    (inner, name) => (name === '0' ? [inner] : { [name]: inner }),
    value,
  ) as WrittenSpec;
}

function merge(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) {
    const length = Math.max(one.length, other.length);
    return Array.from({ length }, (_, i) => merge(one[i], other[i]));
  }
  if (!isRecord(one) || !isRecord(other)) return other ?? one;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, merge(one[name], other[name])]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
