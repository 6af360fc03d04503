import { API_VERSION, KIND } from './api.ts';
import type { Field, Fields } from './schema/field.ts';
import { SPEC } from './spec/log-pipeline.ts';
import { STATUS } from './spec/status.ts';

/** The page docs/crd.md in Markdown, unformatted: a table for each object of the specification, and the status. */
export function crdPage(): string {
  const sections = Object.entries(SPEC.fields ?? {}).filter(([, { fields }]) => fields);
  return [
    '<!-- Made by npm run generate:docs from libs/pipeline. -->',
    `# ${KIND}`,
    `\`${API_VERSION}\`, short name \`lp\`, category \`penstock\`. The same is told by \`kubectl explain lp.spec\`.`,
    'An object that is wrong is refused by the API server with a sentence that says what to write; unknown fields are dropped. Examples are in [deploy/samples](../deploy/samples).',
    '## spec',
    table(topLevel(SPEC.fields ?? {}), 'spec'),
    ...sections.flatMap(([name, field]) => section(field, `spec.${name}`)),
    '## status',
    table(rowsOf(STATUS, ''), 'status'),
  ].join('\n\n');
}

function section(field: Field<unknown, unknown>, path: string): readonly string[] {
  const rules = rulesOf(field, '');
  return [
    `### ${path}`,
    field.schema.description ?? '',
    table(rowsOf(field, ''), path),
    ...(rules.length > 0 ? [rules.map((rule) => `- ${rule}`).join('\n')] : []),
  ];
}

type Row = readonly [path: string, field: Field<unknown, unknown>];

function topLevel(fields: Fields): readonly Row[] {
  return Object.entries(fields);
}

/** The fields below one, each by its path from there; objects come before their members. */
function rowsOf(field: Field<unknown, unknown>, path: string): readonly Row[] {
  return Object.entries(field.fields ?? {}).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const isList = member.schema.type === 'array';
    const below = isList ? member.each : member;
    const beneath = below === undefined ? [] : rowsOf(below, isList ? `${at}[]` : at);
    return [[at, member] as const, ...beneath];
  });
}

function rulesOf(field: Field<unknown, unknown>, path: string): readonly string[] {
  const own = (field.rules ?? []).map(({ message }) =>
    path === '' ? message : `\`${path}\`: ${message}`,
  );
  const beneath = Object.entries(field.fields ?? {}).flatMap(([name, member]) =>
    rulesOf(member, path === '' ? name : `${path}.${name}`),
  );
  return [...own, ...beneath];
}

function table(rows: readonly Row[], caption: string): string {
  const lines = rows.map(
    ([path, field]) =>
      `| \`${path}\` | ${typeOf(field)} | ${defaultOf(field)} | ${escape(field.schema.description ?? '')} |`,
  );
  return [`| ${caption} | Type | Default | Meaning |`, '|---|---|---|---|', ...lines].join('\n');
}

function typeOf({ schema, each, form }: Field<unknown, unknown>): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'quantity';
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return each?.fields === undefined ? 'list' : 'list of objects';
  if (each !== undefined) return 'map';
  if (schema.type === 'integer') return range(schema.minimum, schema.maximum);
  return form === undefined ? (schema.type ?? '') : escape(form.words);
}

const UNBOUNDED = 2 ** 31 - 1;

function range(minimum = 0, maximum = UNBOUNDED): string {
  return maximum >= UNBOUNDED ? 'integer' : `integer, ${minimum} to ${maximum}`;
}

function defaultOf({ schema, presence, fields }: Field<unknown, unknown>): string {
  if (presence === 'required') return 'required';
  if (schema.default === undefined || fields !== undefined) return '';
  return `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``;
}

function escape(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('<', '\\<');
}
