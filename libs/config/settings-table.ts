import type { SettingDefinition } from './definition.ts';

type Definitions = Readonly<Record<string, SettingDefinition<unknown>>>;

/** The Markdown table of docs/configuration.md and the README. */
export function settingsTable(definitions: object): string {
  const rows = Object.values(definitions as Definitions).map(
    (definition) =>
      `| ${nameCell(definition)} | ${definition.type.label} | ${defaultCell(definition)} | ${definition.description} |`,
  );
  return ['| Variable | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function nameCell({ name, flag, secret }: SettingDefinition<unknown>): string {
  const file = secret === true ? `, \`${name}_FILE\`` : '';
  return `\`${name}\`${file}${flag === undefined ? '' : `, \`${flag}\``}`;
}

function defaultCell(definition: SettingDefinition<unknown>): string {
  const { default: value, type } = definition;
  const shown = value === null ? '' : type.format(value as never);
  return shown === '' ? 'not set' : `\`${shown}\``;
}
